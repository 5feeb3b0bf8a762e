// Where a model's work is queued: a stream of its own on a GPU, nothing to say on a processor.
#pragma once

#include "model.h"

#ifdef CURATE_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace curate {

#ifdef CURATE_CUDA
inline void *Model::stream() const {
  return c10::cuda::getCurrentCUDAStream(device.index()).stream();
}

/// While it lives, work of this thread goes to a stream of the device, and that of others waits:
/// what is being recorded would take in theirs.
class Queue {
 public:
  explicit Queue(torch::Device device) {
    if (!device.is_cuda()) return;
    held = std::unique_lock<std::mutex>(lock());
    guard.emplace(stream(device));
    // The first call of a thread binds it to the device, on which our kernels rely.
    stream(device).query();
  }

  /// What a device computes on, and what copies to and from it run on.
  static c10::cuda::CUDAStream stream(torch::Device device) { return one(false, device); }
  static c10::cuda::CUDAStream copies(torch::Device device) { return one(true, device); }

 private:
  std::unique_lock<std::mutex> held;
  c10::optional<c10::cuda::CUDAStreamGuard> guard;
  torch::NoGradGuard no_slopes;

  static std::mutex &lock() {
    static std::mutex all;
    return all;
  }

  /// PyTorch hands out a few streams in turn; models of a device share one.
  static c10::cuda::CUDAStream one(bool is_urgent, torch::Device device) {
    static std::mutex lock;
    static std::map<std::pair<bool, c10::DeviceIndex>, c10::cuda::CUDAStream> streams;
    std::lock_guard<std::mutex> held(lock);
    const auto key = std::make_pair(is_urgent, device.index());
    auto found = streams.find(key);
    if (found == streams.end())
      found = streams.emplace(key, c10::cuda::getStreamFromPool(is_urgent, device.index())).first;
    return found->second;
  }
};
#else
inline void *Model::stream() const { return nullptr; }

class Queue {
 public:
  explicit Queue(torch::Device) {}

 private:
  torch::NoGradGuard no_slopes;
};
#endif

}  // namespace curate
