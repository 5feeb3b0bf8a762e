// Adam and AdaBelief over all weights at once, as the program's Optimizer has them.
#pragma once

#include <cmath>

#include "model.h"

namespace curate {

/// Moves the weights and clears the gradients.
inline void update(Model &model, const torch_update &wanted) {
  Tensor &weights = model.weights.all(torch_weights),
         &gradients = model.weights.all(torch_gradients);
  Tensor &means = model.weights.all(torch_means), &variances = model.weights.all(torch_variances);
  const double root = std::sqrt(1 - std::pow(double(wanted.variance_decay), double(wanted.step)));
  const double rate =
      double(wanted.rate) * root / (1 - std::pow(double(wanted.mean_decay), double(wanted.step)));
  const double epsilon = double(wanted.epsilon) * root;
  // The same weights rest on every process.
  if (wanted.kept < 1) torch::manual_seed(uint64_t(wanted.step));
  if (model.kernels) {
    const auto numbers = [](const Tensor &tensor) {
      return tensor.defined() ? tensor.data_ptr() : nullptr;
    };
    Tensor length = wanted.clip > 0 ? gradients.norm() : Tensor();
    Tensor chance = wanted.kept < 1 ? torch::rand_like(weights) : Tensor();
    const size_t vectors = size_t(weights.numel()) / 4;
    model.kernels->launch(
        model.stream(), "update", Grid::each(vectors), numbers(weights), numbers(gradients),
        numbers(means), numbers(variances),
        model.type == torch::kFloat32 ? nullptr : numbers(model.weights.lowered()), numbers(length),
        numbers(chance), wanted.clip, float(rate), wanted.mean_decay, wanted.variance_decay,
        float(epsilon), wanted.kept, int(wanted.believes), vectors);
    return;
  }
  if (wanted.clip > 0) {
    double length = gradients.norm().item<double>();
    if (length > wanted.clip) gradients.mul_(wanted.clip / length);
  }
  // On a processor a piece stays in the cache from one operation to the next.
  const int64_t count = weights.numel(), piece = 1 << 18;
  for (int64_t at = 0; at < count; at += piece) {
    int64_t size = std::min(piece, count - at);
    auto w = weights.narrow(0, at, size), g = gradients.narrow(0, at, size);
    auto m = means.narrow(0, at, size), v = variances.narrow(0, at, size);
    m.mul_(wanted.mean_decay).add_(g, 1 - wanted.mean_decay);
    if (wanted.believes) {
      auto surprise = g - m;
      v.mul_(wanted.variance_decay).addcmul_(surprise, surprise, 1 - wanted.variance_decay);
    } else {
      v.mul_(wanted.variance_decay).addcmul_(g, g, 1 - wanted.variance_decay);
    }
    auto scale = v.sqrt().add_(epsilon);
    if (wanted.kept < 1) {
      w.sub_(m.div(scale).mul_(torch::rand_like(m).lt(wanted.kept)).mul_(rate));
    } else {
      w.addcdiv_(m, scale, -rate);
    }
    g.zero_();
  }
  model.weights.lower();
}

}  // namespace curate
