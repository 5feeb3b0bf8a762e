#define _DEFAULT_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "kernels.h"

#if defined(__x86_64__)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif

static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }

// One line of a window: `kernel` neighbouring pixels from column x on, zeros outside.
static inline void copy_line(const float *row, int x, int width, int kernel, int channels,
                             float *line) {
  int left = larger(0, -x);
  int right = smaller(kernel, width - x);
  if (left > 0) memset(line, 0, (size_t)(left * channels) * sizeof(float));
  if (right > left)
    memcpy(line + left * channels, row + (ptrdiff_t)(x + left) * channels,
           (size_t)((right - left) * channels) * sizeof(float));
  if (right < kernel)
    memset(line + right * channels, 0, (size_t)((kernel - right) * channels) * sizeof(float));
}

FOR_EACH_CPU
void kernels_gather(const kernels_window *w, const float *image, int first_row, int rows,
                    float *windows) {
  int across = w->kernel * w->channels;
  for (int out_y = first_row; out_y < first_row + rows; out_y++) {
    for (int out_x = 0; out_x < w->out_width; out_x++) {
      int x = out_x * w->stride - w->padding;
      for (int tap = 0; tap < w->kernel; tap++, windows += across) {
        int y = out_y * w->stride - w->padding + tap;
        if (y < 0 || y >= w->height)
          memset(windows, 0, (size_t)across * sizeof(float));
        else
          copy_line(image + (ptrdiff_t)y * w->width * w->channels, x, w->width, w->kernel,
                    w->channels, windows);
      }
    }
  }
}

FOR_EACH_CPU
void kernels_scatter(const kernels_window *w, const float *windows, int first_row, int rows,
                     float *image) {
  int across = w->kernel * w->channels;
  ptrdiff_t row_size = (ptrdiff_t)w->width * w->channels;
  memset(image + first_row * row_size, 0, (size_t)(rows * row_size) * sizeof(float));
  for (int y = first_row; y < first_row + rows; y++) {
    float *row = image + y * row_size;
    for (int tap = 0; tap < w->kernel; tap++) {
      int scaled = y + w->padding - tap;
      if (scaled < 0 || scaled % w->stride || scaled / w->stride >= w->out_height) continue;
      const float *line =
          windows + ((ptrdiff_t)(scaled / w->stride) * w->out_width * w->kernel + tap) * across;
      for (int out_x = 0; out_x < w->out_width; out_x++, line += across * w->kernel) {
        int x = out_x * w->stride - w->padding;
        int left = larger(0, -x);
        int count = (smaller(w->kernel, w->width - x) - left) * w->channels;
        const float *from = line + left * w->channels;
        float *to = row + (ptrdiff_t)(x + left) * w->channels;
        for (int i = 0; i < count; i++) to[i] += from[i];
      }
    }
  }
}

void kernels_depth_to_space(const float *deep, int height, int width, int channels, int factor,
                            float *wide) {
  size_t bytes = (size_t)(channels * factor) * sizeof(float);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int dy = 0; dy < factor; dy++, deep += channels * factor)
        memcpy(wide + ((ptrdiff_t)(y * factor + dy) * width + x) * factor * channels, deep, bytes);
}

void kernels_space_to_depth(const float *wide, int height, int width, int channels, int factor,
                            float *deep) {
  size_t bytes = (size_t)(channels * factor) * sizeof(float);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int dy = 0; dy < factor; dy++, deep += channels * factor)
        memcpy(deep, wide + ((ptrdiff_t)(y * factor + dy) * width + x) * factor * channels, bytes);
}

FOR_EACH_CPU
void kernels_interleave(const float *planes, int channels, ptrdiff_t area, float *pixels) {
  for (int c = 0; c < channels; c++)
    for (ptrdiff_t i = 0; i < area; i++) pixels[i * channels + c] = planes[c * area + i];
}

FOR_EACH_CPU
void kernels_deinterleave(const float *pixels, int channels, ptrdiff_t area, float *planes) {
  for (int c = 0; c < channels; c++)
    for (ptrdiff_t i = 0; i < area; i++) planes[c * area + i] = pixels[i * channels + c];
}

void kernels_prefer_large_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  madvise(memory, bytes, MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}
