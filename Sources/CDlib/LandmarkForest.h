// The landmark predictor of dlib's files, evaluated by loops of our own.
//
// dlib holds leaves as vectors of floats, each with memory of its own: 65 MB, of which a face
// touches 7500 pieces all over. Here they are 16-bit numbers, one after the other, half as many
// bytes; and points come out unrounded.
#ifndef CDLIB_LANDMARK_FOREST_H
#define CDLIB_LANDMARK_FOREST_H

#include <cstddef>
#include <cstdint>
#include <istream>
#include <vector>

namespace cdlib {

class LandmarkForest {
 public:
  /// Reads what dlib::serialize wrote of a dlib::shape_predictor. Throws where it is not one, or
  /// would lead outside itself.
  explicit LandmarkForest(std::istream &in);

  int count() const { return (int)(mean_.size() / 2); }

  /// Writes x and y of each point, in pixels, whose centres are whole numbers. The corners are the
  /// first and the last pixel of the box.
  void predict(
      const uint8_t *gray, int width, int height, float left, float top, float right,
      float bottom, float *points) const;

 private:
  /// One step of the cascade: which pixels are compared, and the trees that do so.
  struct Step {
    /// The pixels: a point of the shape and how far from it, in the mean shape.
    std::vector<uint16_t> anchors;
    std::vector<float> deltas;
    /// For each tree its splits: two pixels and how much brighter the first is.
    std::vector<uint16_t> first, second;
    std::vector<float> thresholds;
    /// For each tree its leaves, in units of `unit`.
    std::vector<int16_t> leaves;
    float unit = 0;
  };

  void read(std::istream &in, Step &step);
  void check(const Step &step) const;

  std::vector<float> mean_;
  std::vector<Step> steps_;
  size_t splits_ = 0;
};

}  // namespace cdlib
#endif
