// A step's batch: to the device, through the model, and its losses back.
#pragma once

#include <c10/core/Event.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "device.h"
#include "losses.h"

namespace curate {

/// Trains a model on batches of faces, those of the source first.
///
/// A GPU has faces brought and losses fetched while it computes: `learn` returns as soon as the
/// losses are there, and the way back to the weights goes on.
class Learner {
 public:
  explicit Learner(Model &model) : model(model) {}

  /// Losses of each face, `[batch]` a side; adds `share` of the gradients of their means, if not 0.
  void learn(int32_t batch, const torch_faces *source, const torch_faces *target,
             const torch_losses &wanted, float share, float *source_losses, float *target_losses) {
    bool records = false;
    try {
      if (!values.device.defined() || values.device.size(0) != 2 * batch) prepare(batch);
      const torch_faces *sides[] = {source, target};
      for (int place = 0; place < 2; place++) bring(sides[place]->input, input, place);
      records = is_recorded(wanted, share);
      await_faces();
      run(0, records, [&] {
        outputs =
            model.forward(input.device.contiguous(at::MemoryFormat::ChannelsLast), share != 0);
      });
      for (int place = 0; place < 2; place++) {
        bring(sides[place]->target, target_of, place);
        bring(sides[place]->mask, mask, place);
      }
      await_faces();
      run(1, records, [&] { compare(wanted, share); });
      begin_fetching();
      if (share != 0) run(2, records, [&] { model.backward(std::exchange(slopes, {})); });
      const float *losses = fetched();
      std::memcpy(source_losses, losses, size_t(batch) * sizeof(float));
      std::memcpy(target_losses, losses + batch, size_t(batch) * sizeof(float));
    } catch (...) {
      // What is recorded keeps memory of its own, which nothing else can use: where there is not
      // room for both, all goes on unrecorded.
      const bool may_fit = has_records() || (records && !can_record);
      forget();
      if (!may_fit) throw;
      can_record = false;
      learn(batch, source, target, wanted, share, source_losses, target_losses);
    }
  }

 private:
  /// Whether there is room for records, as far as is known.
  bool can_record = true;

  /// A tensor on the device, and its like in page-locked memory; undefined on a processor.
  struct Place {
    Tensor device, host;
  };

  Model &model;
  /// Planes of both sides, `[2 · batch, channels, side, side]`, and the losses, `[2 · batch]`.
  Place input, target_of, mask, values;
  std::vector<Tensor> outputs, slopes;

  void prepare(int64_t batch) {
    forget();
    const auto make = [&](at::IntArrayRef shape, torch::ScalarType type) {
      auto options = torch::TensorOptions().dtype(type);
      return Place{
          at::empty(shape, options.device(model.device)),
          model.device.is_cuda() ? at::empty(shape, options.pinned_memory(true)) : Tensor()};
    };
    const int64_t side = model.side();
    input = make({2 * batch, model.channels(), side, side}, model.type);
    target_of = make({2 * batch, 3, side, side}, torch::kFloat32);
    mask = make({2 * batch, 1, side, side}, torch::kFloat32);
    values = make({2 * batch}, torch::kFloat32);
  }

  /// From the outputs to the losses and the slopes in the outputs.
  void compare(const torch_losses &wanted, float share) {
    const size_t per_side = outputs.size() / 2;
    torch::AutoGradMode mode(share != 0);
    if (share != 0)
      for (auto &output : outputs) output = output.detach().contiguous().requires_grad_();
    std::vector<Tensor> own;
    for (int side = 0; side < 2; side++) {
      std::vector<Tensor> answers(outputs.begin() + side * per_side,
                                  outputs.begin() + (side + 1) * per_side);
      own.push_back(
          losses(model, answers, {half(target_of.device, side), half(mask.device, side)}, wanted));
    }
    values.device.copy_(at::cat(own).detach());
    if (share != 0)
      slopes = torch::autograd::grad({(own[0].mean() + own[1].mean()) * share}, outputs);
    outputs.clear();
  }

  static Tensor half(const Tensor &both, int side) {
    return both.narrow(0, side * (both.size(0) / 2), both.size(0) / 2);
  }

  void forget() {
    forget_records();
    outputs.clear();
    slopes.clear();
    input = target_of = mask = values = {};
    model.forget();
    release_memory();
  }

#ifdef CURATE_CUDA
  /// What is recorded, and how often it has been done: records are of one kind of step.
  struct Kind {
    float share = 0;
    torch_losses wanted{};
    std::vector<torch_loss_term> terms;
  } kind;
  int seen = 0;
  std::array<std::unique_ptr<at::cuda::CUDAGraph>, 3> graphs;

  bool has_records() const { return bool(graphs[0]); }
  void forget_records() {
    graphs = {};
    seen = 0;
  }

  void release_memory() {
    if (!model.device.is_cuda()) return;
    c10::cuda::device_synchronize();
    c10::cuda::CUDACachingAllocator::emptyCache();
  }

  c10::cuda::CUDAStream stream() const { return Queue::stream(model.device); }
  /// What copies to and from the device run on.
  c10::cuda::CUDAStream copies() const { return Queue::copies(model.device); }

  void bring(const float *from, Place &to, int side) {
    Tensor device = half(to.device, side);
    auto memory = torch::from_blob(const_cast<float *>(from), device.sizes(), torch::kFloat32);
    if (!model.device.is_cuda()) {
      device.copy_(memory);
      return;
    }
    Tensor host = half(to.host, side).copy_(memory);
    c10::cuda::CUDAStreamGuard guard(copies());
    device.copy_(host, true);
  }

  /// What comes now waits for the faces that have been brought.
  void await_faces() {
    if (model.device.is_cuda()) meet(copies(), stream());
  }

  static void meet(c10::Stream first, c10::Stream then) {
    c10::Event event(torch::kCUDA);
    event.record(first);
    event.block(then);
  }

  void begin_fetching() {
    if (!model.device.is_cuda()) return;
    meet(stream(), copies());
    c10::cuda::CUDAStreamGuard guard(copies());
    values.host.copy_(values.device, true);
  }

  const float *fetched() {
    if (!model.device.is_cuda()) return values.device.data_ptr<float>();
    copies().synchronize();
    return values.host.data_ptr<float>();
  }

  /// Whether steps of this kind come again and again.
  bool is_recorded(const torch_losses &wanted, float share) {
    if (!model.device.is_cuda() || share == 0 || !can_record) return false;
    const size_t count = size_t(wanted.term_count);
    const bool same =
        seen > 0 && kind.share == share && kind.terms.size() == count &&
        std::memcmp(kind.terms.data(), wanted.terms, count * sizeof(torch_loss_term)) == 0 &&
        std::equal(wanted.windows, wanted.windows + 2, kind.wanted.windows) &&
        kind.wanted.outside == wanted.outside && kind.wanted.mask == wanted.mask;
    if (!same) {
      forget_records();
      kind = {share, wanted, std::vector<torch_loss_term>(wanted.terms, wanted.terms + count)};
    }
    // The first times, cuDNN tries which of its ways is fastest.
    return ++seen > 3;
  }

  /// A part of a step, recorded once and from then on played.
  template <class Work>
  void run(int part, bool records, Work work) {
    auto &graph = graphs[part];
    if (records && graph) return graph->replay();
    if (!records) return work();
    stream().synchronize();
    if (part == 0) c10::cuda::CUDACachingAllocator::emptyCache();
    auto made = std::make_unique<at::cuda::CUDAGraph>();
    try {
      part == 0 ? made->capture_begin() : made->capture_begin(graphs[0]->pool());
      work();
      made->capture_end();
      made->replay();
    } catch (...) {
      can_record = false;
      try {
        made->capture_end();
      } catch (...) {
      }
      throw;
    }
    graph = std::move(made);
  }
#else
  bool has_records() const { return false; }
  void forget_records() {}
  void release_memory() {}
  void bring(const float *from, Place &to, int side) {
    Tensor device = half(to.device, side);
    device.copy_(torch::from_blob(const_cast<float *>(from), device.sizes(), torch::kFloat32));
  }
  void await_faces() {}
  void begin_fetching() {}
  const float *fetched() {
    values.host = values.device.to(torch::kCPU);
    return values.host.data_ptr<float>();
  }
  bool is_recorded(const torch_losses &, float) { return false; }
  template <class Work>
  void run(int, bool, Work work) {
    work();
  }
#endif
};

}  // namespace curate
