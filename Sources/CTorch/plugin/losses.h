// The losses of the program's Trainer, face by face: the same formulas, on any device.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "model.h"

namespace curate {

/// What one side's answers are compared with, on the device: planes.
struct Faces {
  Tensor target, mask;
};

/// Sums over all but the samples.
inline Tensor each(const Tensor &tensor) { return tensor.sum(at::IntArrayRef{1, 2, 3}); }

/// The mean absolute difference, pixels weighed.
inline Tensor absolute(const Tensor &answer, const Tensor &target, const Tensor &weights) {
  // Without any weighed pixel the sum is 0, too.
  return each(weights * (answer - target).abs()) / (3 * each(weights).clamp_min(1e-30));
}

/// A Gaussian window over each plane, without a border.
inline Tensor means(const Tensor &planes, const Tensor &bell) {
  int64_t taps = bell.size(0), channels = planes.size(1);
  auto rows = bell.view({1, 1, 1, taps}).repeat({channels, 1, 1, 1});
  auto columns = bell.view({1, 1, taps, 1}).repeat({channels, 1, 1, 1});
  const int64_t one[]{1, 1}, none[]{0, 0};
  auto across = at::conv2d(planes, rows, {}, one, none, one, channels);
  return at::conv2d(across, columns, {}, one, none, one, channels);
}

inline Tensor bell(int64_t taps, double deviation, const Tensor &like) {
  auto distance = torch::arange(taps, like.options()) - double(taps - 1) / 2;
  auto weights = (-(distance / deviation).square() / 2).exp();
  return weights / weights.sum();
}

/// (1 − SSIM) / 2 by kernels of our own, and its slope in the answer: the same numbers as below.
struct Structure : torch::autograd::Function<Structure> {
  /// `weights` `[samples, 1, across, across]` of the windows' middles, whose sum is 1/6 in each
  /// sample.
  static Tensor forward(torch::autograd::AutogradContext *context, const Tensor &x, const Tensor &y,
                        const Tensor &weights, const Tensor &bell, const Model *model) {
    const int64_t planes = x.size(0) * x.size(1), side = x.size(3), taps = bell.size(0),
                  across = side - taps + 1;
    const auto numbers = [](const Tensor &tensor) { return (float *)tensor.data_ptr(); };
    const auto run = [&](const char *kernel, int64_t count, auto... arguments) {
      model->kernels->launch(model->stream(), kernel, Grid::each(size_t(count)), arguments...,
                             unsigned(side), unsigned(across), unsigned(taps), size_t(count));
    };
    const float *own = numbers(x), *other = numbers(y), *window = numbers(bell),
                *middles = numbers(weights);
    Tensor means = at::empty({4, planes, side, across}, x.options());
    run("row_means", planes * side * across, own, other, window, numbers(means));
    Tensor values = at::empty({planes, across, across}, x.options());
    Tensor slopes = at::empty({3, planes, across, across}, x.options());
    run("structure", planes * across * across, (const float *)numbers(means), window, middles,
        numbers(values), numbers(slopes));
    // The means have been read; their memory takes what goes back.
    run("column_slopes", planes * side * across, (const float *)numbers(slopes), window,
        numbers(means));
    Tensor slope = at::empty_like(x);
    run("row_slopes", planes * side * side, (const float *)numbers(means), own, other, window,
        numbers(slope));
    context->save_for_backward({slope});
    return values.view({x.size(0), -1}).sum(1);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &slopes) {
    return {context->get_saved_variables()[0] * slopes[0].view({-1, 1, 1, 1}), {}, {}, {}, {}};
  }
};

/// (1 − SSIM) / 2, windows weighed by the pixel in their middle.
inline Tensor dissimilarity(const Model &model, const Tensor &x, const Tensor &y,
                            const Tensor &weights, int64_t taps) {
  const int64_t margin = taps / 2, across = x.size(3) - taps + 1;
  auto window = bell(taps, 1.5 * std::max(1.0, double(taps) / 11), x);
  auto inner = weights.narrow(2, margin, across).narrow(3, margin, across);
  auto middles = inner / (6 * each(inner).clamp_min(1e-30)).view({-1, 1, 1, 1});
  if (model.kernels)
    return Structure::apply(x.contiguous(), y.contiguous(), middles.contiguous(), window, &model);
  const double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  auto mx = means(x, window), my = means(y, window);
  auto xx = means(x * x, window) - mx * mx, yy = means(y * y, window) - my * my;
  auto xy = means(x * y, window) - mx * my;
  auto similarity =
      (2 * mx * my + c1) * (2 * xy + c2) / ((mx * mx + my * my + c1) * (xx + yy + c2));
  return each(middles * (1 - similarity));
}

/// The mean squared difference of each channel's mean and deviation inside of the mask.
inline Tensor color(const Tensor &x, const Tensor &y, const Tensor &mask) {
  const int64_t pixels[]{2, 3};
  auto inside = mask.clamp_max(1);
  auto total = inside.sum(pixels, true);
  // Without a pixel the sums are 0, too.
  auto share = inside / total.clamp_min(1e-30);
  auto mean = [&](const Tensor &values) { return (share * values).sum(pixels, true); };
  auto mx = mean(x), my = mean(y);
  auto dx = (mean((x - mx).square()) + 1e-6).sqrt(), dy = (mean((y - my).square()) + 1e-6).sqrt();
  return ((mx - my).square() + (dx - dy).square()).mean(at::IntArrayRef{1, 2, 3});
}

/// The losses of each face; `outputs` are its picture and, if there is one, its mask.
inline Tensor losses(const Model &model, const std::vector<Tensor> &outputs, const Faces &faces,
                     const torch_losses &wanted) {
  auto weights = wanted.outside + (1 - wanted.outside) * faces.mask;
  Tensor sum = torch::zeros({faces.target.size(0)}, faces.target.options());
  for (int i = 0; i < wanted.term_count; i++) {
    const auto &term = wanted.terms[i];
    const auto &answer = outputs[0];
    switch (term.kind) {
      case torch_absolute:
        sum = sum + term.weight * absolute(answer, faces.target, weights);
        break;
      case torch_dissimilarity:
        for (int32_t taps : wanted.windows)
          if (taps > 0)
            sum = sum + term.weight / (wanted.windows[1] > 0 ? 2 : 1) *
                            dissimilarity(model, answer, faces.target, weights, taps);
        break;
      case torch_color:
        sum = sum + term.weight * color(answer, faces.target, faces.mask);
        break;
    }
  }
  if (outputs.size() > 1) {
    // Eyes and mouth count more than once, but are no more than face.
    auto difference = outputs[1] - faces.mask.clamp_max(1);
    sum = sum + wanted.mask * difference.square().mean(at::IntArrayRef{1, 2, 3});
  }
  return sum;
}

}  // namespace curate
