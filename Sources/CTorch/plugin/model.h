// A graph with its weights, run by PyTorch.
//
// Pictures are `[samples, channels, height, width]` in channels-last memory. All weights lie in one
// tensor, as do gradients and moments, so that the optimiser and the exchange between processes are
// a few operations each.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "torch_plugin.h"

namespace curate {

using torch::Tensor;

class Model {
 public:
  Model(const torch_settings &settings, const torch_graph &graph)
      : device(settings.device),
        half(settings.half),
        graph(graph),
        nodes(graph.nodes, graph.nodes + graph.node_count),
        outputs(graph.outputs, graph.outputs + graph.output_count),
        parameters(graph.parameters, graph.parameters + graph.parameter_count) {
    if (settings.threads > 0) at::set_num_threads(settings.threads);
    // 32-bit floats are meant as such, and the same run gives the same numbers.
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
    int64_t count = 0;
    for (const auto &parameter : parameters) {
      offsets.push_back(count);
      count += (size(parameter) + 15) / 16 * 16;
    }
    auto options = torch::TensorOptions().dtype(torch::kFloat32).device(device);
    for (auto &memory : arrays) memory = torch::zeros({count}, options);
    for (size_t i = 0; i < parameters.size(); i++) {
      Tensor leaf = view(torch_weights, i).detach();
      leaf.requires_grad_();
      leaf.mutable_grad() = view(torch_gradients, i);
      leaves.push_back(leaf);
    }
  }

  /// All numbers of an array, one after the other.
  Tensor &all(torch_array array) { return arrays[array]; }
  const torch::Device device;

  void set(torch_array array, int parameter, const float *values) {
    torch::NoGradGuard guard;
    view(array, parameter).copy_(ordered(parameter, const_cast<float *>(values)));
  }

  void get(torch_array array, int parameter, float *values) {
    torch::NoGradGuard guard;
    ordered(parameter, values).copy_(view(array, parameter));
  }

  /// A copy of planes in main memory, as the graph reads them.
  Tensor planes(const float *values, int64_t samples, int64_t channels, int64_t height,
                int64_t width) const {
    const int64_t shape[]{samples, channels, height, width};
    auto options = torch::TensorOptions().dtype(torch::kFloat32).device(device);
    return at::empty(shape, options, at::MemoryFormat::ChannelsLast)
        .copy_(torch::from_blob(const_cast<float *>(values), shape, torch::kFloat32));
  }

  /// Inputs of the graph.
  Tensor samples(const float *values, int64_t count) const {
    return planes(values, count, graph.channels, graph.height, graph.width);
  }
  int32_t parts() const { return graph.parts; }

  /// The outputs in 32-bit floats.
  std::vector<Tensor> run(const Tensor &input) const {
    std::vector<Tensor> tensors{input};
    for (const auto &node : nodes) tensors.push_back(apply(node, tensors));
    std::vector<Tensor> result;
    for (int output : outputs) result.push_back(tensors[output].to(torch::kFloat32));
    return result;
  }

  /// What `backward` goes back from.
  std::vector<Tensor> kept;

 private:
  const bool half;
  const torch_graph graph;
  const std::vector<torch_node> nodes;
  const std::vector<int32_t> outputs;
  const std::vector<torch_parameter> parameters;
  std::vector<int64_t> offsets;
  Tensor arrays[4];
  std::vector<Tensor> leaves;

  static int64_t size(const torch_parameter &parameter) {
    int64_t count = 1;
    for (int i = 0; i < parameter.dimensions; i++) count *= parameter.shape[i];
    return count;
  }

  /// A parameter's part of an array; a convolution's is `[out, in, kernel, kernel]`.
  Tensor view(torch_array array, size_t parameter) const {
    const auto &p = parameters[parameter];
    const int64_t *s = p.shape, at = offsets[parameter];
    if (p.dimensions == 4)
      return arrays[array].as_strided({s[3], s[2], s[0], s[1]},
                                      {s[0] * s[1] * s[2], 1, s[1] * s[2], s[2]}, at);
    if (p.dimensions == 2) return arrays[array].as_strided({s[0], s[1]}, {s[1], 1}, at);
    return arrays[array].as_strided({s[0]}, {1}, at);
  }

  /// The program's order of the same numbers, seen in the shape of `view`.
  Tensor ordered(size_t parameter, float *values) const {
    const auto &p = parameters[parameter];
    auto memory = torch::from_blob(values, at::IntArrayRef(p.shape, p.dimensions), torch::kFloat32);
    return p.dimensions == 4 ? memory.permute({3, 2, 0, 1}) : memory;
  }

  Tensor product_type(const Tensor &tensor) const {
    return half ? tensor.to(torch::kBFloat16) : tensor;
  }

  Tensor apply(const torch_node &node, const std::vector<Tensor> &tensors) const {
    const Tensor &x = tensors[node.input];
    switch (node.operation) {
      case torch_convolution: {
        int64_t padding = (node.kernel - 1) / 2;
        return at::conv2d(product_type(x), product_type(leaves[node.weight]),
                          product_type(leaves[node.bias]), at::IntArrayRef{node.stride, node.stride},
                          at::IntArrayRef{padding, padding});
      }
      case torch_dense: {
        auto rows = product_type(x).permute({0, 2, 3, 1}).reshape({x.size(0), -1});
        return at::addmm(product_type(leaves[node.bias]), rows, product_type(leaves[node.weight]))
            .view({x.size(0), node.channels, 1, 1});
      }
      case torch_leaky: return at::leaky_relu(x, node.slope);
      case torch_sigmoid: return at::sigmoid(x.to(torch::kFloat32));
      case torch_pixel_shuffle: {
        // Channel (dy · factor + dx) · C + c to pixel (dy, dx) of channel c.
        int64_t n = x.size(0), h = x.size(2), w = x.size(3), f = node.factor;
        auto pixels = x.permute({0, 2, 3, 1}).reshape({n, h, w, f, f, node.channels});
        return pixels.permute({0, 1, 3, 2, 4, 5})
            .reshape({n, h * f, w * f, node.channels})
            .permute({0, 3, 1, 2});
      }
      case torch_reshape:
        return x.permute({0, 2, 3, 1})
            .reshape({x.size(0), node.height, node.width, node.channels})
            .permute({0, 3, 1, 2});
      case torch_part: {
        int64_t samples = x.size(0) / node.parts;
        return x.narrow(0, node.part * samples, samples);
      }
      case torch_sum: return x + tensors[node.other];
      case torch_concatenate: return at::cat({x, tensors[node.other]}, 1);
      case torch_stack: return at::cat({x, tensors[node.other]}, 0);
      case torch_rms_norm: {
        auto full = x.to(torch::kFloat32);
        return full * (full.square().mean(at::IntArrayRef{1, 2, 3}, true) + node.epsilon).rsqrt();
      }
    }
    throw std::runtime_error("an operation that this plugin does not know");
  }
};

}  // namespace curate
