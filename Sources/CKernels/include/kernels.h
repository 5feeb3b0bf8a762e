// The loops of the CPU engine that are not matrix products. Each is compiled for AVX-512, AVX2
// and any x86-64, and the best is taken when the program starts.
//
// Images are rows of pixels, and a pixel is its channels side by side: [height][width][channels].
// Every function runs on the calling thread and writes only what it is told to, so that the
// caller can split the work anyhow without changing a bit of the result.
#ifndef CURATE_KERNELS_H
#define CURATE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// A square window that slides over an image with zeros around it.
typedef struct {
  int channels, height, width;
  int kernel, stride, padding;
  int out_height, out_width;
} kernels_window;

/// Lays the windows of the output rows `first_row ..< first_row + rows` of one image side by
/// side: one line a window, [kernel][kernel][channels]. Also called im2col.
void kernels_gather(const kernels_window *window, const float *image, int first_row, int rows,
                    float *windows);

/// Adds windows back to where they came from, for the image rows `first_row ..< first_row +
/// rows`, which are overwritten: the adjoint of `kernels_gather` over the whole image.
void kernels_scatter(const kernels_window *window, const float *windows, int first_row, int rows,
                     float *image);

/// value = activation(value + bias), where the activation is x for x > 0 and slope · x below.
/// `stride` is the distance between rows.
void kernels_bias_leaky(float *values, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                        const float *bias, float slope);

/// gradient *= slope where the activation's value is not above 0.
void kernels_leaky_gradient(const float *values, float *gradient, ptrdiff_t count, float slope);

/// value = 1 / (1 + exp(−(value + bias))).
void kernels_bias_sigmoid(float *values, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                          const float *bias);

/// gradient *= value · (1 − value).
void kernels_sigmoid_gradient(const float *values, float *gradient, ptrdiff_t count);

/// sums[column] = sum of the rows. `stride` is the distance between rows.
void kernels_column_sums(const float *values, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                         float *sums);

/// Channels to pixels: (y, x, (dy · factor + dx) · channels + c) moves to
/// (y · factor + dy, x · factor + dx, c). `channels` counts those of the larger image.
void kernels_depth_to_space(const float *deep, int height, int width, int channels, int factor,
                            float *wide);

/// The inverse of `kernels_depth_to_space`; height and width are still those of the deep image.
void kernels_space_to_depth(const float *wide, int height, int width, int channels, int factor,
                            float *deep);

/// [channels][area] to [area][channels].
void kernels_interleave(const float *planes, int channels, ptrdiff_t area, float *pixels);

/// [area][channels] to [channels][area].
void kernels_deinterleave(const float *pixels, int channels, ptrdiff_t area, float *planes);

/// One step of an optimiser. `rate` and `epsilon` already hold the corrections of the bias.
typedef struct {
  float rate;
  /// What gradients are multiplied by.
  float gradient_scale;
  float decay_mean, decay_variance;
  float epsilon;
  /// The variance is that about the mean: AdaBelief (Zhuang et al., 2020) instead of Adam (Kingma and
  /// Ba, 2015).
  _Bool believes;
  /// A weight moves where a hash of its place and the seed is at most this.
  uint32_t kept;
  uint32_t seed;
} kernels_step;

/// Takes the step for `count` weights of which the first has the place `first`.
void kernels_update(const kernels_step *step, ptrdiff_t first, float *weights,
                    const float *gradient, float *mean, float *variance, ptrdiff_t count);

/// The sum of squares.
double kernels_square_sum(const float *values, ptrdiff_t count);

/// sum += factor · values
void kernels_add(const float *values, float factor, ptrdiff_t count, float *sum);

/// Correlates the rows of a plane with `taps` weights, without a border: [height][width] to
/// [height][width − taps + 1].
void kernels_filter_rows(const float *plane, int height, int width, const float *weights,
                         int taps, float *result);

/// Correlates its columns: [height][width] to [height − taps + 1][width].
void kernels_filter_columns(const float *plane, int height, int width, const float *weights,
                            int taps, float *result);

/// Asks the system for large pages; it may refuse.
void kernels_prefer_large_pages(void *memory, size_t bytes);

#endif
