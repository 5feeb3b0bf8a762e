// The kernels on the processor, one thread after the other: how they are tested where there is no
// GPU.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace curate {
namespace emulated {

struct Place {
  unsigned x, y;
};
inline Place blockIdx, threadIdx, blockDim, gridDim;
inline std::vector<float> shared_memory;

struct float4 {
  float x, y, z, w;
};
struct ushort4 {
  unsigned short x, y, z, w;
};

inline float __uint_as_float(unsigned bits) {
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}
inline unsigned __float_as_uint(float number) {
  unsigned result;
  std::memcpy(&result, &number, sizeof result);
  return result;
}
// Threads run from the last to the first, and only the first of those that share memory reads it.
inline void __syncthreads() {}
using std::max;
using std::min;

#define __device__ inline
#define __global__
#define __align__(bytes) alignas(bytes)
#define __shared__ static
#define SHARED(name) float *name = shared_memory.data()
#define KERNEL inline
#define __CUDA_ARCH__ 0

using Table = std::map<std::string, void *>;
#define ENTRY(name) {#name, (void *)&name}
#define ENTRIES                                                                              \
  ENTRY(finish_1), ENTRY(finish_2), ENTRY(finish_4), ENTRY(unfinish_1), ENTRY(unfinish_2),   \
      ENTRY(unfinish_4), ENTRY(add_sums), ENTRY(update), ENTRY(row_means), ENTRY(structure), \
      ENTRY(column_slopes), ENTRY(row_slopes)

namespace wide_numbers {
#define WIDE
#include "kernels.cu"
inline const Table table{ENTRIES};
#undef WIDE
}  // namespace wide_numbers
#undef WIDTHS

namespace half_numbers {
#include "kernels.cu"
inline const Table table{ENTRIES, ENTRY(finish_8), ENTRY(unfinish_8)};
}  // namespace half_numbers

#undef __device__
#undef __global__
#undef __align__
#undef __shared__
#undef __CUDA_ARCH__
}  // namespace emulated

/// Of a name of its own: both plugins may be in one process, which merges what is called alike.
class EmulatedKernels {
 public:
  static EmulatedKernels &of(int, bool wide) {
    static EmulatedKernels all[] = {EmulatedKernels(emulated::half_numbers::table),
                                    EmulatedKernels(emulated::wide_numbers::table)};
    return all[wide];
  }

  template <class... Arguments>
  void launch(void *, const std::string &name, Grid grid, Arguments... arguments) {
    static_assert(sizeof...(arguments) > 0, "a kernel has arguments");
    const auto kernel = reinterpret_cast<void (*)(Arguments...)>(table.at(name));
    using namespace emulated;
    std::lock_guard<std::mutex> held(lock);
    blockDim = {grid.threads, grid.rows};
    gridDim = {grid.blocks, grid.columns};
    shared_memory.resize(grid.shared / sizeof(float));
    for (unsigned block = 0; block < grid.blocks; block++)
      for (unsigned column = 0; column < grid.columns; column++)
        for (unsigned row = grid.rows; row-- > 0;)
          for (unsigned thread = grid.threads; thread-- > 0;) {
            blockIdx = {block, column};
            threadIdx = {thread, row};
            kernel(arguments...);
          }
  }

 private:
  const emulated::Table &table;
  static inline std::mutex lock;
  explicit EmulatedKernels(const emulated::Table &table) : table(table) {}
};
using Kernels = EmulatedKernels;

}  // namespace curate
