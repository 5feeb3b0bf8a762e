#include "LandmarkForest.h"

#include "DlibConfig.h"

#include <dlib/image_processing/shape_predictor.h>

#include <cmath>
#include <stdexcept>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

// Source: Kazemi and Sullivan, "One Millisecond Face Alignment with an Ensemble of Regression
// Trees", CVPR 2014; the file's layout is dlib's.

CLONES static void add(const int16_t *leaf, int32_t *sums, size_t count) {
  for (size_t i = 0; i < count; ++i) sums[i] += leaf[i];
}

namespace cdlib {

namespace {

size_t read_count(std::istream &in, size_t limit) {
  unsigned long count = 0;
  dlib::deserialize(count, in);
  if (count == 0 || count > limit) throw std::runtime_error("no landmark predictor");
  return count;
}

/// The rotation and scale that bring one centred shape nearest to another, as (a, -b; b, a).
struct Turn {
  float a, b;
};

Turn turn(const std::vector<float> &from, const float *to) {
  const size_t count = from.size() / 2;
  double fx = 0, fy = 0, tx = 0, ty = 0;
  for (size_t i = 0; i < count; ++i) {
    fx += from[2 * i], fy += from[2 * i + 1];
    tx += to[2 * i], ty += to[2 * i + 1];
  }
  fx /= (double)count, fy /= (double)count, tx /= (double)count, ty /= (double)count;
  double along = 0, across = 0, spread = 0;
  for (size_t i = 0; i < count; ++i) {
    const double x = from[2 * i] - fx, y = from[2 * i + 1] - fy;
    const double u = to[2 * i] - tx, v = to[2 * i + 1] - ty;
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  }
  return {(float)(along / spread), (float)(across / spread)};
}

}  // namespace

LandmarkForest::LandmarkForest(std::istream &in) {
  int version = 0;
  dlib::deserialize(version, in);
  if (version != 1) throw std::runtime_error("no landmark predictor");
  dlib::matrix<float, 0, 1> mean;
  dlib::deserialize(mean, in);
  if (mean.size() < 4 || mean.size() % 2 != 0 || mean.size() > 2000)
    throw std::runtime_error("no landmark predictor");
  mean_.assign(mean.begin(), mean.end());
  steps_.resize(read_count(in, 100));
  for (Step &step : steps_) read(in, step);
  std::vector<std::vector<unsigned long>> anchors;
  std::vector<std::vector<dlib::vector<float, 2>>> deltas;
  dlib::deserialize(anchors, in);
  dlib::deserialize(deltas, in);
  if (anchors.size() != steps_.size() || deltas.size() != steps_.size())
    throw std::runtime_error("no landmark predictor");
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (deltas[i].size() != anchors[i].size() || anchors[i].size() > 65535)
      throw std::runtime_error("no landmark predictor");
    for (size_t j = 0; j < anchors[i].size(); ++j) {
      if (anchors[i][j] >= mean_.size() / 2) throw std::runtime_error("no landmark predictor");
      steps_[i].anchors.push_back((uint16_t)anchors[i][j]);
      steps_[i].deltas.push_back(deltas[i][j].x());
      steps_[i].deltas.push_back(deltas[i][j].y());
    }
    check(steps_[i]);
  }
}

void LandmarkForest::read(std::istream &in, Step &step) {
  std::vector<dlib::impl::regression_tree> trees(read_count(in, 100000));
  float largest = 0;
  for (auto &tree : trees) {
    deserialize(tree, in);
    if (splits_ == 0) splits_ = tree.splits.size();
    const size_t leaves = tree.leaf_values.size();
    if (splits_ == 0 || tree.splits.size() != splits_ || leaves != splits_ + 1 ||
        (leaves & (leaves - 1)) != 0)
      throw std::runtime_error("no landmark predictor");
    for (const auto &leaf : tree.leaf_values) {
      if ((size_t)leaf.size() != mean_.size()) throw std::runtime_error("no landmark predictor");
      for (float value : leaf) {
        if (!std::isfinite(value)) throw std::runtime_error("no landmark predictor");
        largest = std::max(largest, std::abs(value));
      }
    }
  }
  step.unit = largest > 0 ? largest / 32767 : 1;
  for (const auto &tree : trees) {
    for (const auto &split : tree.splits) {
      if (split.idx1 > 65535 || split.idx2 > 65535)
        throw std::runtime_error("no landmark predictor");
      step.first.push_back((uint16_t)split.idx1);
      step.second.push_back((uint16_t)split.idx2);
      step.thresholds.push_back(split.thresh);
    }
    for (const auto &leaf : tree.leaf_values)
      for (float value : leaf) step.leaves.push_back((int16_t)std::lround(value / step.unit));
  }
  step.leaves.shrink_to_fit();
}

void LandmarkForest::check(const Step &step) const {
  for (size_t i = 0; i < step.first.size(); ++i)
    if (step.first[i] >= step.anchors.size() || step.second[i] >= step.anchors.size())
      throw std::runtime_error("no landmark predictor");
}

void LandmarkForest::predict(
    const uint8_t *gray, int width, int height, float left, float top, float right, float bottom,
    float *points) const {
  std::vector<float> shape = mean_;
  std::vector<float> pixels;
  std::vector<int32_t> sums(shape.size());
  std::vector<const int16_t *> chosen;
  const float across = right - left, down = bottom - top;
  for (const Step &step : steps_) {
    const Turn t = turn(mean_, shape.data());
    pixels.resize(step.anchors.size());
    for (size_t i = 0; i < pixels.size(); ++i) {
      const float dx = step.deltas[2 * i], dy = step.deltas[2 * i + 1];
      const size_t anchor = 2 * (size_t)step.anchors[i];
      const float u = t.a * dx - t.b * dy + shape[anchor];
      const float v = t.b * dx + t.a * dy + shape[anchor + 1];
      const float x = left + u * across + 0.5f, y = top + v * down + 0.5f;
      const bool inside = x >= 0 && y >= 0 && x < (float)width && y < (float)height;
      pixels[i] = inside ? (float)gray[(size_t)y * (size_t)width + (size_t)x] : 0;
    }
    // The trees of a step know nothing of each other, so their leaves are on their way from
    // memory before they are needed.
    const size_t trees = step.first.size() / splits_;
    chosen.resize(trees);
    for (size_t tree = 0; tree < trees; ++tree) {
      const size_t base = tree * splits_;
      size_t node = 0;
      while (node < splits_) {
        const size_t at = base + node;
        const float difference = pixels[step.first[at]] - pixels[step.second[at]];
        node = 2 * node + (difference > step.thresholds[at] ? 1 : 2);
      }
      chosen[tree] = &step.leaves[(tree * (splits_ + 1) + node - splits_) * shape.size()];
      for (size_t i = 0; i < shape.size(); i += 32) __builtin_prefetch(chosen[tree] + i);
    }
    std::fill(sums.begin(), sums.end(), 0);
    for (const int16_t *leaf : chosen) add(leaf, sums.data(), sums.size());
    for (size_t i = 0; i < shape.size(); ++i) shape[i] += (float)sums[i] * step.unit;
  }
  for (size_t i = 0; i < shape.size(); i += 2) {
    points[i] = left + shape[i] * across;
    points[i + 1] = top + shape[i + 1] * down;
  }
}

}  // namespace cdlib
