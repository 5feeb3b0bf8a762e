#include "CDlib.h"

#include "DlibConfig.h"
#include "LandmarkForest.h"
#include "Scanner.h"

#include <dlib/image_processing/frontal_face_detector.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

struct CDlibDetector {
  std::unique_ptr<cdlib::Scanner> scanner;
};

struct CDlibPredictor {
  cdlib::LandmarkForest model;
};

namespace {

void say(const char *reason, char *message, size_t capacity) {
  if (capacity == 0) return;
  strncpy(message, reason, capacity - 1);
  message[capacity - 1] = 0;
}

/// Runs the work; an exception becomes a message and `failure`.
template <typename Result, typename Work>
Result guarded(Result failure, char *message, size_t capacity, Work work) {
  try {
    return work();
  } catch (const std::bad_alloc &) {
    say("out of memory", message, capacity);
  } catch (const std::exception &error) {
    say(error.what(), message, capacity);
  } catch (...) {
    say("unknown failure in dlib", message, capacity);
  }
  return failure;
}

bool has_avx() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx");
#else
  return false;
#endif
}

}  // namespace

CDlibDetector *cdlib_detector_create(char *message, size_t capacity) {
  return guarded((CDlibDetector *)nullptr, message, capacity, [] {
    // Unpacking it takes longer than a search.
    static const std::string model = [] {
      std::ostringstream stream;
      serialize(dlib::get_frontal_face_detector(), stream);
      return stream.str();
    }();
    auto detector = std::make_unique<CDlibDetector>();
#if defined(__x86_64__)
    if (has_avx()) detector->scanner.reset(cdlib::make_avx_scanner(model));
#endif
    if (!detector->scanner) detector->scanner.reset(cdlib::make_generic_scanner(model));
    return detector.release();
  });
}

void cdlib_detector_free(CDlibDetector *detector) { delete detector; }

int cdlib_detect(
    CDlibDetector *detector, const uint8_t *gray, int width, int height, double threshold,
    int upsamplings, CDlibFace *faces, int limit, char *message, size_t capacity) {
  return guarded(-1, message, capacity, [&] {
    const auto found = detector->scanner->find(gray, width, height, threshold, upsamplings);
    const int count = std::min<int>(limit, (int)found.size());
    for (int i = 0; i < count; ++i) faces[i] = found[i];
    return count;
  });
}

CDlibPredictor *cdlib_predictor_load(const char *path, char *message, size_t capacity) {
  return guarded((CDlibPredictor *)nullptr, message, capacity, [&]() -> CDlibPredictor * {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(strerror(errno));
    return new CDlibPredictor{cdlib::LandmarkForest(file)};
  });
}

void cdlib_predictor_free(CDlibPredictor *predictor) { delete predictor; }

int cdlib_predictor_count(const CDlibPredictor *predictor) {
  return predictor->model.count();
}

int cdlib_predict(
    const CDlibPredictor *predictor, const uint8_t *gray, int width, int height, double left,
    double top, double right, double bottom, float *points, char *message, size_t capacity) {
  return guarded(-1, message, capacity, [&] {
    // Pixel centres are at .5 outside and at whole numbers inside.
    predictor->model.predict(
        gray, width, height, (float)left, (float)top, (float)right - 1, (float)bottom - 1, points);
    for (int i = 0; i < 2 * predictor->model.count(); ++i) points[i] += 0.5f;
    return 0;
  });
}
