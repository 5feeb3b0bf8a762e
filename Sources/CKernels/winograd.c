#include "winograd.h"

#include <string.h>

#include "winograd_shape.h"

extern const winograd_kernels winograd_generic;
#if defined(__x86_64__)
extern const winograd_kernels winograd_avx2;
extern const winograd_kernels winograd_avx512;
#endif

int winograd_panels(const winograd_shape *shape, int lanes) {
  return winograd_runs(shape->out_channels, shape->folded_out, 2 * lanes);
}

int winograd_blocks(const winograd_shape *shape) {
  return winograd_runs(shape->in_channels, shape->folded_in, winograd_depth_block);
}

size_t winograd_scratch(int lanes) {
  // Weights and results of all points; 16 numbers more for each, lest they meet in the cache.
  size_t panel = (size_t)lanes * 2;
  return winograd_points *
         (panel * (winograd_depth_block + winograd_tile_block) + 2 * 16);
}

const winograd_kernels *winograd_find(const char *name) {
#if defined(__x86_64__)
  const winograd_kernels *known[] = {&winograd_avx512, &winograd_avx2, &winograd_generic};
  int runs[] = {__builtin_cpu_supports("avx512f"),
                __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), 1};
#else
  const winograd_kernels *known[] = {&winograd_generic};
  int runs[] = {1};
#endif
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (runs[i] && (!name || strcmp(name, known[i]->name) == 0)) return known[i];
  return NULL;
}
