// Inner loops over pixels that the compiler turns into vector code, once for the machines of today
// and once for all others. Neither version has fused multiply-add, so both give the same bytes.
#ifndef CPIXELS_H
#define CPIXELS_H

#include <stddef.h>
#include <stdint.h>

/// Adds `weight` times each byte to `sums`.
void cpx_add(const uint8_t *line, float weight, float *sums, size_t count);

/// Weighted sums of neighbours: output x is made from `width` inputs from `starts[x]` on, with the
/// weights from `width * x` on. `channels` is 1 or 3.
void cpx_weigh(const float *line, const int32_t *starts, const float *weights, int width,
               int channels, uint8_t *out, size_t count);

/// Luma of RGB pixels, with the weights of BT.601 in 256ths.
void cpx_luma(const uint8_t *rgb, uint8_t *luma, size_t count);

/// RGB pixels of a result row, each one bilinear sample of a `width` x `height` picture: the first
/// at (x, y), counted in pixel indices, each next one a step further. Outside lies black, or the
/// nearest pixel of the edge if `replicates`.
void cpx_sample(const uint8_t *rgb, int width, int height, float x, float y, float step_x,
                float step_y, int replicates, uint8_t *out, int count);

#endif
