// A network's weights, their gradients and moments on a device.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "torch_plugin.h"

namespace curate {

using torch::Tensor;

/// All weights lie in one tensor, as do gradients and moments, so that the optimiser and the
/// exchange between processes are a few operations each.
class Weights {
 public:
  /// All 0. `type` is that of products.
  Weights(const torch_graph &graph, torch::Device device, torch::ScalarType type)
      : parameters(graph.parameters, graph.parameters + graph.parameter_count) {
    int64_t count = 0;
    for (const auto &parameter : parameters) {
      offsets.push_back(count);
      count += (size(parameter) + 15) / 16 * 16;
    }
    auto options = torch::TensorOptions().dtype(torch::kFloat32).device(device);
    arrays[torch_weights] = torch::zeros({count}, options);
    copies = arrays[torch_weights].to(type);
  }

  /// All numbers of an array, one after the other. What only training needs is made when it is
  /// asked for.
  Tensor &all(torch_array array) {
    if (!arrays[array].defined()) arrays[array] = at::zeros_like(arrays[torch_weights]);
    return arrays[array];
  }
  /// Those that products read: the weights in their type, brought up to date by `lower`.
  Tensor &lowered() { return copies; }
  void lower() {
    if (copies.dtype() != torch::kFloat32) copies.copy_(arrays[torch_weights]);
  }

  void set(torch_array array, int parameter, const float *values) {
    part(all(array), parameter).copy_(ordered(parameter, const_cast<float *>(values)));
    if (array == torch_weights) part(copies, parameter).copy_(full(parameter));
  }

  void get(torch_array array, int parameter, float *values) {
    ordered(parameter, values).copy_(part(all(array), parameter));
  }

  /// As products read them; a convolution's `[out, in, kernel, kernel]` in channels-last memory.
  Tensor weight(int32_t parameter) const { return part(copies, parameter); }
  /// In 32-bit floats.
  Tensor full(int32_t parameter) const { return part(arrays[torch_weights], parameter); }
  Tensor gradient(int32_t parameter) { return part(all(torch_gradients), parameter); }

 private:
  const std::vector<torch_parameter> parameters;
  std::vector<int64_t> offsets;
  Tensor arrays[4], copies;

  static int64_t size(const torch_parameter &parameter) {
    int64_t count = 1;
    for (int i = 0; i < parameter.dimensions; i++) count *= parameter.shape[i];
    return count;
  }

  Tensor part(const Tensor &array, int32_t parameter) const {
    const auto &p = parameters[size_t(parameter)];
    const int64_t *s = p.shape, at = offsets[size_t(parameter)];
    if (p.dimensions == 4)
      return array.as_strided({s[3], s[2], s[0], s[1]}, {s[0] * s[1] * s[2], 1, s[1] * s[2], s[2]},
                              at);
    if (p.dimensions == 2) return array.as_strided({s[0], s[1]}, {s[1], 1}, at);
    return array.as_strided({s[0]}, {1}, at);
  }

  /// The program's order of the same numbers, seen in the shape of `part`.
  Tensor ordered(int32_t parameter, float *values) const {
    const auto &p = parameters[size_t(parameter)];
    auto memory = torch::from_blob(values, at::IntArrayRef(p.shape, p.dimensions), torch::kFloat32);
    return p.dimensions == 4 ? memory.permute({3, 2, 0, 1}) : memory;
  }
};

}  // namespace curate
