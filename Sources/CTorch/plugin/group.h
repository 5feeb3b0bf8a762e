// Processes that train together, over PyTorch's c10d with gloo.
#pragma once

#include "model.h"

#ifdef USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif

namespace curate {

#ifdef USE_C10D_GLOO
class Group {
 public:
  static constexpr bool exists = true;
  const int size;

  Group(const std::string &host, int port, const char *prefix, bool serves, int rank, int size,
        double timeout)
      : size(size), rank(rank) {
    const auto patience = std::chrono::milliseconds(int64_t(timeout * 1000));
    c10d::TCPStoreOptions place;
    place.port = uint16_t(port);
    place.isServer = serves;
    place.timeout = patience;
    auto store = c10::make_intrusive<c10d::PrefixStore>(
        prefix, c10::make_intrusive<c10d::TCPStore>(host, place));
    auto options = c10d::ProcessGroupGloo::Options::create();
    options->timeout = patience;
    options->devices.push_back(socket(host));
    processes = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
  }

  /// To the mean over all processes.
  void average(Tensor &tensor) {
    exchange(tensor, [&](std::vector<Tensor> &own) { processes->allreduce(own)->wait(); });
    tensor.div_(size);
  }

  /// To what the first process has.
  void spread(Tensor &tensor) {
    exchange(tensor, [&](std::vector<Tensor> &own) { processes->broadcast(own)->wait(); });
  }

  void gather(const double *own, int64_t count, double *all) {
    auto table = torch::from_blob(all, {size, count}, torch::kFloat64);
    table.zero_();
    table[rank].copy_(torch::from_blob(const_cast<double *>(own), {count}, torch::kFloat64));
    std::vector<Tensor> tables{table};
    processes->allreduce(tables)->wait();
  }

 private:
  const int rank;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> processes;

  /// What the processes talk through: the interface of GLOO_SOCKET_IFNAME, as for all of PyTorch's programs.
  static std::shared_ptr<::gloo::transport::Device> socket(const std::string &host) {
    if (const char *name = std::getenv("GLOO_SOCKET_IFNAME"))
      return c10d::ProcessGroupGloo::createDeviceForInterface(name);
    if (host == "localhost" || host == "127.0.0.1")
      return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
    return c10d::ProcessGroupGloo::createDefaultDevice();
  }

  /// Through main memory, where the tensor is elsewhere.
  template <class Work>
  void exchange(Tensor &tensor, Work work) {
    std::vector<Tensor> own{tensor.is_cpu() ? tensor : tensor.cpu()};
    work(own);
    if (!tensor.is_cpu()) tensor.copy_(own[0]);
  }
};
#else
/// Built without gloo.
class Group {
 public:
  static constexpr bool exists = false;
  Group(const std::string &, int, const char *, bool, int, int, double) {
    throw std::runtime_error("the plugin was built without gloo");
  }
  void average(Tensor &) {}
  void spread(Tensor &) {}
  void gather(const double *, int64_t, double *) {}
};
#endif

}  // namespace curate
