#include "CDlib.h"

#include "DlibConfig.h"
#include "Scanner.h"

#include <dlib/array2d.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_processing/shape_predictor.h>

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
  dlib::shape_predictor model;
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
    std::ostringstream model;
    serialize(dlib::get_frontal_face_detector(), model);
    auto detector = std::make_unique<CDlibDetector>();
#if defined(__x86_64__)
    if (has_avx()) detector->scanner.reset(cdlib::make_avx_scanner(model.str()));
#endif
    if (!detector->scanner) detector->scanner.reset(cdlib::make_generic_scanner(model.str()));
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
    auto predictor = std::make_unique<CDlibPredictor>();
    deserialize(predictor->model, file);
    return predictor.release();
  });
}

void cdlib_predictor_free(CDlibPredictor *predictor) { delete predictor; }

int cdlib_predictor_count(const CDlibPredictor *predictor) {
  return (int)predictor->model.num_parts();
}

int cdlib_predict(
    const CDlibPredictor *predictor, const uint8_t *gray, int width, int height, double left,
    double top, double right, double bottom, float *points, char *message, size_t capacity) {
  return guarded(-1, message, capacity, [&] {
    dlib::array2d<unsigned char> image(height, width);
    for (int y = 0; y < height; ++y) memcpy(&image[y][0], gray + (size_t)y * width, width);
    const dlib::rectangle box(
        lround(left), lround(top), lround(right) - 1, lround(bottom) - 1);
    const dlib::full_object_detection shape = predictor->model(image, box);
    for (unsigned long i = 0; i < shape.num_parts(); ++i) {
      points[2 * i] = (float)shape.part(i).x() + 0.5f;
      points[2 * i + 1] = (float)shape.part(i).y() + 0.5f;
    }
    return 0;
  });
}
