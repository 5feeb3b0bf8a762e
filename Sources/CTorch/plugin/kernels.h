// CUDA kernels of our own, compiled for the GPU that is there by the NVRTC that PyTorch brings.
//
// The few functions of the driver and of NVRTC are found at run time, for neither is linked to.
#pragma once

#include <dlfcn.h>
#include <torch/torch.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace curate {

using torch::Tensor;

/// How a kernel's threads are laid out, and the bytes that those of a block share.
struct Grid {
  unsigned blocks, columns = 1, threads = 256, rows = 1, shared = 0;

  /// One thread for each of `count`.
  static Grid each(size_t count) { return {unsigned((count + 255) / 256)}; }
};

#ifdef CURATE_EMULATED
}  // namespace curate
#include "emulated.h"
namespace curate {
#else
/// For one device and one type of what lies between layers.
class Kernels {
 public:
  /// Those of a device, compiled when they are first asked for. It is to be the current one.
  static Kernels &of(int device, bool wide) {
    static std::mutex lock;
    static std::map<std::pair<int, bool>, std::unique_ptr<Kernels> > all;
    std::lock_guard<std::mutex> held(lock);
    auto &found = all[{device, wide}];
    if (!found) found.reset(new Kernels(device, wide));
    return *found;
  }

  /// Types of arguments must be those of the kernel. On `stream`, a `CUstream`.
  template <class... Arguments>
  void launch(void *stream, const std::string &name, Grid grid, Arguments... arguments) {
    if (grid.blocks == 0) return;
    void *pointers[] = {(void *)&arguments...};
    check(call<int>("cuLaunchKernel", function(name), grid.blocks, grid.columns, 1u, grid.threads,
                    grid.rows, 1u, grid.shared, stream, (void **)pointers, (void **)nullptr),
          name);
  }

 private:
  void *library = nullptr, *module = nullptr;
  std::map<std::string, void *> functions;

  Kernels(int device, bool wide) {
    // Its dependencies are NVRTC and the driver.
    library = dlopen("libcaffe2_nvrtc.so", RTLD_NOW);
    if (!library) throw std::runtime_error(dlerror());
    std::vector<char> program = compiled(architecture(device), wide);
    check(call<int>("cuModuleLoadData", &module, (const void *)program.data()), "loading kernels");
  }

  template <class Result, class... Arguments>
  Result call(const char *name, Arguments... arguments) const {
    void *found = dlsym(library, name);
    if (!found) throw std::runtime_error(std::string(name) + " is missing in CUDA's libraries");
    return reinterpret_cast<Result (*)(Arguments...)>(found)(arguments...);
  }

  static void check(int status, const std::string &what) {
    if (status != 0)
      throw std::runtime_error("CUDA: " + what + ": error " + std::to_string(status));
  }

  void *function(const std::string &name) {
    void *&found = functions[name];
    if (!found) check(call<int>("cuModuleGetFunction", &found, module, name.c_str()), name);
    return found;
  }

  /// Such as 90.
  int architecture(int device) const {
    int handle = 0, major = 0, minor = 0;
    check(call<int>("cuDeviceGet", &handle, device), "finding the device");
    check(call<int>("cuDeviceGetAttribute", &major, 75, handle), "asking the device");
    check(call<int>("cuDeviceGetAttribute", &minor, 76, handle), "asking the device");
    return 10 * major + minor;
  }

  std::vector<char> compiled(int architecture, bool wide) const {
    static const char source[] =
#include "kernels.inc"
        ;
    void *program = nullptr;
    const char **none = nullptr;
    check(call<int>("nvrtcCreateProgram", &program, source, (const char *)"kernels.cu", 0, none,
                    none),
          "NVRTC");
    const std::string target = "--gpu-architecture=sm_" + std::to_string(architecture);
    const char *options[] = {target.c_str(), "--std=c++17", "-DWIDE"};
    const int failed =
        call<int>("nvrtcCompileProgram", program, wide ? 3 : 2, (const char **)options);
    size_t size = 0;
    if (failed) {
      call<int>("nvrtcGetProgramLogSize", program, &size);
      std::vector<char> log(size + 1);
      call<int>("nvrtcGetProgramLog", program, log.data());
      throw std::runtime_error("NVRTC: " + std::string(log.data()));
    }
    check(call<int>("nvrtcGetCUBINSize", program, &size), "NVRTC");
    std::vector<char> binary(size);
    check(call<int>("nvrtcGetCUBIN", program, binary.data()), "NVRTC");
    call<int>("nvrtcDestroyProgram", &program);
    return binary;
  }
};
#endif

}  // namespace curate
