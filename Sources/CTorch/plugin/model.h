// A graph with its weights, run forth and back by PyTorch's operations and our kernels.
//
// Pictures are `[samples, channels, height, width]` in channels-last memory.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "graph.h"
#include "kernels.h"
#include "layers.h"
#include "weights.h"

namespace curate {

using torch::Tensor;

class Model {
 public:
  Model(const torch_settings &settings, const torch_graph &graph)
      : device(settings.device),
        type(settings.half ? torch::kBFloat16 : torch::kFloat32),
        weights(graph, device, type),
        graph(graph),
        steps(curate::steps(graph)),
        outputs(graph.outputs, graph.outputs + graph.output_count) {
    if (settings.threads > 0) at::set_num_threads(settings.threads);
    auto &context = at::globalContext();
    // 32-bit floats are meant as such.
    context.setAllowTF32CuDNN(false);
    // Which of cuDNN's ways is fastest is tried, among those that give the same numbers each time;
    // another process may find another one faster and differ in the last bits.
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(true);
#ifdef CURATE_EMULATED
    kernels = &Kernels::of(0, !settings.half);
#else
    if (!device.is_cuda()) return;
    c10::DeviceGuard guard(device);
    kernels = &Kernels::of(device.index(), !settings.half);
#endif
  }

  const torch::Device device;
  /// Of products and what lies between layers.
  const torch::ScalarType type;
  /// Null on a processor.
  Kernels *kernels = nullptr;
  /// What kernels are queued on: the device's current stream.
  void *stream() const;
  Weights weights;
  int32_t parts() const { return graph.parts; }
  int64_t channels() const { return graph.channels; }

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

  int64_t side() const { return graph.width; }

  /// The slopes in each output of the last `forward`, from planes in main memory.
  std::vector<Tensor> like_outputs(const float *const *planes_of) const {
    std::vector<Tensor> result;
    for (size_t i = 0; i < outputs.size(); i++) {
      const auto &shape = tensors.at(outputs[i]).sizes();
      result.push_back(planes(planes_of[i], shape[0], shape[1], shape[2], shape[3]));
    }
    return result;
  }

  /// Lets go of what a forward pass has kept.
  void forget() {
    tensors.clear();
    slopes.clear();
  }

  /// The outputs in 32-bit floats. `keeps` what `backward` needs, and nothing else.
  std::vector<Tensor> forward(const Tensor &input, bool keeps) {
    tensors.assign(graph.node_count + 1, Tensor());
    std::vector<int> readers(tensors.size());
    for (const auto &step : steps)
      for (int32_t read : {step.node.input, step.node.other, step.other})
        if (read >= 0) readers[read]++;
    for (int output : outputs) readers[output]++;
    tensors[0] = input.to(type);
    for (const auto &step : steps) {
      tensors[step.output] = apply(step);
      for (int32_t read : {step.node.input, step.node.other, step.other})
        if (read >= 0 && --readers[read] == 0 && !keeps) tensors[read] = Tensor();
    }
    std::vector<Tensor> result;
    for (int output : outputs) result.push_back(tensors[output].to(torch::kFloat32));
    if (!keeps) tensors.clear();
    return result;
  }

  /// From the slopes in each output of the last `forward` to those in the weights, which are added
  /// to the gradients.
  void backward(const std::vector<Tensor> &output_slopes) {
    slopes.assign(tensors.size(), {});
    for (size_t i = 0; i < outputs.size(); i++) give(outputs[i], output_slopes[i]);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      if (!slopes[step->output].empty()) go_back(*step);
      slopes[step->output].clear();
      tensors[step->output] = Tensor();
    }
    slopes.clear();
    tensors.clear();
  }

 private:
  const torch_graph graph;
  const std::vector<Step> steps;
  const std::vector<int32_t> outputs;
  /// By number, of the last forward pass; and what has come back to each.
  std::vector<Tensor> tensors;
  std::vector<std::vector<Tensor>> slopes;

  // MARK: Forth

  Tensor apply(const Step &step) {
    const auto &node = step.node;
    const Tensor &x = tensors[node.input];
    switch (node.operation) {
      case torch_convolution:
        return convolved(step, x.to(type));
      case torch_dense:
        return at::addmm(weights.weight(node.bias), rows(x.to(type)), weights.weight(node.weight))
            .view({x.size(0), node.channels, 1, 1});
      case torch_leaky:
        return at::leaky_relu(x, node.slope);
      case torch_sigmoid:
        return at::sigmoid(x.to(torch::kFloat32));
      case torch_pixel_shuffle:
        return shuffled(x, node.factor);
      case torch_reshape:
        return picture(rows(x), node.height, node.width);
      case torch_part:
        return x.narrow(0, node.part * (x.size(0) / node.parts), x.size(0) / node.parts);
      case torch_sum:
        return x + tensors[node.other];
      case torch_concatenate:
        return at::cat({x, tensors[node.other]}, 1);
      case torch_stack:
        return at::cat({x, tensors[node.other]}, 0);
      case torch_rms_norm: {
        auto full = x.to(torch::kFloat32);
        return full * inverse_length(full, node.epsilon);
      }
    }
    throw std::runtime_error("an operation that this plugin does not know");
  }

  Tensor convolved(const Step &step, const Tensor &x) {
    const auto &node = step.node;
    const int64_t padding = (node.kernel - 1) / 2;
    const c10::optional<Tensor> bias =
        kernels ? c10::optional<Tensor>() : weights.weight(node.bias);
    Tensor raw =
        at::conv2d(x, weights.weight(node.weight), bias, at::IntArrayRef{node.stride, node.stride},
                   at::IntArrayRef{padding, padding});
    if (kernels) return finished(step, last(raw));
    if (step.other >= 0) raw = raw + tensors[step.other];
    if (step.slope != 1) raw = at::leaky_relu(raw, step.slope);
    return step.factor > 1 ? shuffled(raw, step.factor) : raw;
  }

  /// Numbers that a thread takes at once.
  int lanes(int64_t channels) const {
    int count = type == torch::kBFloat16 ? 8 : 4;
    while (channels % count) count /= 2;
    return count;
  }

  Tensor finished(const Step &step, const Tensor &raw) {
    const int64_t n = raw.size(0), f = step.factor, c = raw.size(1) / (f * f), h = raw.size(2) * f,
                  w = raw.size(3) * f;
    Tensor out =
        f == 1 ? raw : at::empty({n, c, h, w}, raw.options(), at::MemoryFormat::ChannelsLast);
    Tensor other = step.other < 0 ? Tensor() : last(tensors[step.other].to(type));
    const int count = lanes(c);
    const int64_t vectors = out.numel() / count;
    if (vectors > int64_t(UINT32_MAX))
      throw std::runtime_error("a layer of too many numbers; take a smaller batch");
    kernels->launch(stream(), "finish_" + std::to_string(count), Grid::each(vectors),
                    (const void *)raw.data_ptr(),
                    (const float *)weights.full(step.node.bias).data_ptr(),
                    other.defined() ? (const void *)other.data_ptr() : nullptr, out.data_ptr(),
                    unsigned(c), unsigned(w), unsigned(f), step.slope, unsigned(vectors));
    return out;
  }

  // MARK: Back

  void give(int32_t tensor, const Tensor &slope) {
    if (tensor > 0) slopes[tensor].push_back(slope);
  }

  /// What has come back to a tensor, added up to so many parts at most.
  std::vector<Tensor> &taken(int32_t tensor, size_t most) {
    auto &parts = slopes[tensor];
    while (parts.size() > most) {
      auto more = parts.back();
      parts.pop_back();
      parts.back() = parts.back() + more;
    }
    return parts;
  }

  void go_back(const Step &step) {
    const auto &node = step.node;
    if (node.operation == torch_convolution) return convolve_back(step);
    const Tensor &x = tensors[node.input], &y = tensors[step.output];
    const Tensor slope = taken(step.output, 1)[0];
    switch (node.operation) {
      case torch_dense: {
        auto back = slope.to(type).view({x.size(0), node.channels});
        auto own = rows(x.to(type));
        weights.gradient(node.weight).add_(at::mm(own.t(), back));
        weights.gradient(node.bias).add_(back.sum(at::IntArrayRef{0}, false, torch::kFloat32));
        give(node.input,
             picture(at::mm(back, weights.weight(node.weight).t()), x.size(2), x.size(3)));
        return;
      }
      case torch_leaky:
        return give(node.input, at::leaky_relu_backward(slope, x, node.slope, false));
      case torch_sigmoid:
        return give(node.input, at::sigmoid_backward(slope.to(torch::kFloat32), y).to(x.dtype()));
      case torch_pixel_shuffle:
        return give(node.input, unshuffled(slope, node.factor));
      case torch_reshape:
        return give(node.input, picture(rows(slope), x.size(2), x.size(3)));
      case torch_part: {
        auto whole = at::zeros_like(x);
        whole.narrow(0, node.part * slope.size(0), slope.size(0)).copy_(slope);
        return give(node.input, whole);
      }
      case torch_sum:
        give(node.input, slope);
        return give(node.other, slope);
      case torch_concatenate:
      case torch_stack: {
        const int64_t along = node.operation == torch_concatenate, first = x.size(along);
        give(node.input, slope.narrow(along, 0, first));
        return give(node.other, slope.narrow(along, first, slope.size(along) - first));
      }
      case torch_rms_norm: {
        auto full = x.to(torch::kFloat32), back = slope.to(torch::kFloat32);
        auto length = inverse_length(full, node.epsilon);
        auto along = (full * back).mean(at::IntArrayRef{1, 2, 3}, true);
        return give(node.input, (length * back - full * (length.pow(3) * along)).to(x.dtype()));
      }
      default:
        throw std::runtime_error("an operation that this plugin does not know");
    }
  }

  void convolve_back(const Step &step) {
    const auto &node = step.node;
    const Tensor x = tensors[node.input].to(type);
    Tensor raw;
    if (kernels) {
      raw = unfinished(step);
    } else {
      raw = taken(step.output, 1)[0].to(type);
      if (step.slope != 1)
        raw = at::leaky_relu_backward(raw, tensors[step.output], step.slope, true);
      if (step.factor > 1) raw = unshuffled(raw, step.factor);
      weights.gradient(node.bias).add_(raw.sum(at::IntArrayRef{0, 2, 3}, false, torch::kFloat32));
    }
    if (step.other >= 0) give(step.other, raw);
    const int64_t padding = (node.kernel - 1) / 2;
    auto made = at::convolution_backward(
        raw, x, weights.weight(node.weight), at::OptionalIntArrayRef(),
        at::IntArrayRef{node.stride, node.stride}, at::IntArrayRef{padding, padding},
        at::IntArrayRef{1, 1}, false, at::IntArrayRef{0, 0}, 1, {node.input > 0, true, false});
    weights.gradient(node.weight).add_(std::get<1>(made));
    if (node.input > 0) give(node.input, std::get<0>(made));
  }

  /// The slope in a convolution, before all that is joined to it; adds that of its bias.
  Tensor unfinished(const Step &step) {
    auto &parts = taken(step.output, 2);
    for (auto &part : parts) part = last(part.to(type));
    const Tensor out = last(tensors[step.output]), first = parts[0];
    const int64_t n = out.size(0), f = step.factor, c = out.size(1), h = out.size(2) / f,
                  w = out.size(3) / f;
    const int64_t channels = c * f * f, pixels = n * h * w;
    Tensor raw = at::empty({n, channels, h, w}, out.options(), at::MemoryFormat::ChannelsLast);
    const int count = lanes(c);
    const unsigned across = unsigned(channels / count), lanes = std::min(across, 256u),
                   rows = 256 / lanes;
    const unsigned blocks = unsigned(std::min<int64_t>((pixels + rows - 1) / rows, 1024));
    Tensor sums = at::empty({blocks, channels}, raw.options().dtype(torch::kFloat32));
    kernels->launch(stream(), "unfinish_" + std::to_string(count),
                    Grid{blocks, (across + lanes - 1) / lanes, rows * lanes, 1,
                         unsigned(rows * lanes * count * sizeof(float))},
                    (const void *)first.data_ptr(),
                    parts.size() > 1 ? (const void *)parts[1].data_ptr() : nullptr,
                    (const void *)out.data_ptr(), raw.data_ptr(), (float *)sums.data_ptr(),
                    unsigned(c), unsigned(w * f), unsigned(f), step.slope, unsigned(pixels), lanes);
    kernels->launch(stream(), "add_sums", Grid{unsigned((channels + 31) / 32), 1, 32, 8},
                    (const float *)sums.data_ptr(),
                    (float *)weights.gradient(step.node.bias).data_ptr(), blocks,
                    unsigned(channels));
    return raw;
  }
};

}  // namespace curate
