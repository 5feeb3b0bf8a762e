// dlib's frontal face detector and its landmark predictor behind plain C.
//
// Grey images: 8 bits a pixel, rows top to bottom, no padding. Coordinates: x right, y down, pixel
// centres at .5. No C++ exception leaves these functions and nothing is printed: where one fails
// it writes the reason, a terminated UTF-8 text, into `message`.
#ifndef CDLIB_H
#define CDLIB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A found face: its box in pixels, and how far it is above the detector's own threshold.
typedef struct {
  double left, top, right, bottom;
  double score;
} CDlibFace;

/// The detector and its buffers. One thread at a time.
typedef struct CDlibDetector CDlibDetector;

/// A landmark predictor. Never changes after loading: any number of threads may share it.
typedef struct CDlibPredictor CDlibPredictor;

/// The detector that comes with dlib. NULL when it fails.
CDlibDetector *cdlib_detector_create(char *message, size_t capacity);
void cdlib_detector_free(CDlibDetector *detector);

/// Finds faces of 80 pixels and more, or of 40 with one upsampling, 20 with two.
///
/// Writes at most `limit` of them to `faces`, best first. Returns their number, or -1.
int cdlib_detect(
    CDlibDetector *detector, const uint8_t *gray, int width, int height, double threshold,
    int upsamplings, CDlibFace *faces, int limit, char *message, size_t capacity);

/// Reads a predictor from a file. NULL when it fails.
CDlibPredictor *cdlib_predictor_load(const char *path, char *message, size_t capacity);
void cdlib_predictor_free(CDlibPredictor *predictor);

/// How many points the predictor gives.
int cdlib_predictor_count(const CDlibPredictor *predictor);

/// Finds the points of the face in the box and writes x and y of each to `points`.
///
/// `points` holds twice `cdlib_predictor_count` numbers. Returns 0, or -1.
int cdlib_predict(
    const CDlibPredictor *predictor, const uint8_t *gray, int width, int height, double left,
    double top, double right, double bottom, float *points, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
