// What layers do to the shape and the scale of pictures, `[samples, channels, height, width]`.
#pragma once

#include <torch/torch.h>

namespace curate {

using torch::Tensor;

/// Pixels of channels: channel (dy · factor + dx) · C + c to pixel (dy, dx) of channel c.
inline Tensor shuffled(const Tensor &x, int64_t f) {
  int64_t n = x.size(0), h = x.size(2), w = x.size(3), c = x.size(1) / (f * f);
  return x.permute({0, 2, 3, 1})
      .reshape({n, h, w, f, f, c})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({n, h * f, w * f, c})
      .permute({0, 3, 1, 2});
}

/// The inverse.
inline Tensor unshuffled(const Tensor &x, int64_t f) {
  int64_t n = x.size(0), h = x.size(2) / f, w = x.size(3) / f, c = x.size(1);
  return x.permute({0, 2, 3, 1})
      .reshape({n, h, f, w, f, c})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({n, h, w, f * f * c})
      .permute({0, 3, 1, 2});
}

/// A picture's numbers in the order height, width, channel.
inline Tensor rows(const Tensor &x) { return x.permute({0, 2, 3, 1}).reshape({x.size(0), -1}); }
inline Tensor picture(const Tensor &rows, int64_t height, int64_t width) {
  return rows.reshape({rows.size(0), height, width, -1}).permute({0, 3, 1, 2});
}

inline Tensor last(const Tensor &x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

inline Tensor inverse_length(const Tensor &x, float epsilon) {
  return (x.square().mean(at::IntArrayRef{1, 2, 3}, true) + epsilon).rsqrt();
}

}  // namespace curate
