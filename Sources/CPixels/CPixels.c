#include "CPixels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

CLONES void cpx_add(const uint8_t *line, float weight, float *sums, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += weight * (float)line[i];
}

typedef float four __attribute__((vector_size(16)));

static inline uint8_t level(float value) {
  value += 0.5f;
  value = value < 0 ? 0 : value;
  value = value > 255 ? 255 : value;
  return (uint8_t)(int)value;
}

CLONES void cpx_weigh(const float *line, const int32_t *starts, const float *weights, int width,
                      int channels, uint8_t *out, size_t count) {
  if (channels == 1) {
    for (size_t x = 0; x < count; x++, weights += width) {
      const float *from = line + starts[x];
      float sum = 0;
      for (int tap = 0; tap < width; tap++) sum += weights[tap] * from[tap];
      out[x] = level(sum);
    }
    return;
  }
  for (size_t x = 0; x < count; x++, weights += width, out += 3) {
    const float *from = line + 3 * (ptrdiff_t)starts[x];
    four sum = {0};
    for (int tap = 0; tap < width; tap++, from += 3) {
      four next;
      memcpy(&next, from, sizeof next);
      sum += weights[tap] * next;
    }
    out[0] = level(sum[0]), out[1] = level(sum[1]), out[2] = level(sum[2]);
  }
}

CLONES void cpx_products(const float *row, const float *rows, size_t length, size_t count,
                         float *out) {
  enum { lanes = 32 };
  for (size_t r = 0; r < count; r++, rows += length) {
    float sums[lanes] = {0};
    size_t i = 0;
    for (; i + lanes <= length; i += lanes)
      for (int lane = 0; lane < lanes; lane++) sums[lane] += row[i + lane] * rows[i + lane];
    for (int lane = 0; i < length; i++, lane++) sums[lane] += row[i] * rows[i];
    for (int half = lanes / 2; half > 0; half /= 2)
      for (int lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
    out[r] = sums[0];
  }
}

CLONES void cpx_luma(const uint8_t *rgb, uint8_t *luma, size_t count) {
  for (size_t i = 0; i < count; i++) {
    unsigned sum = 77u * rgb[3 * i] + 150u * rgb[3 * i + 1] + 29u * rgb[3 * i + 2];
    luma[i] = (uint8_t)((sum + 128) >> 8);
  }
}

typedef struct {
  const uint8_t *rgb;
  int width, height, replicates;
} picture;

static inline float edge(const picture *p, int x, int y, int channel) {
  int inside = x >= 0 && y >= 0 && x < p->width && y < p->height;
  if (!inside && !p->replicates) return 0;
  x = x < 0 ? 0 : x >= p->width ? p->width - 1 : x;
  y = y < 0 ? 0 : y >= p->height ? p->height - 1 : y;
  return (float)p->rgb[((size_t)y * (size_t)p->width + (size_t)x) * 3 + (size_t)channel];
}

// At or beyond the rim, where a neighbour may be missing.
static void sample_edge(const picture *p, float x, float y, uint8_t *out) {
  x = x > -1 ? x : -1, y = y > -1 ? y : -1;
  x = x < (float)p->width ? x : (float)p->width;
  y = y < (float)p->height ? y : (float)p->height;
  int left = (int)floorf(x), top = (int)floorf(y);
  float fx = x - (float)left, fy = y - (float)top;
  for (int c = 0; c < 3; c++) {
    float upper = edge(p, left, top, c) * (1 - fx) + edge(p, left + 1, top, c) * fx;
    float lower = edge(p, left, top + 1, c) * (1 - fx) + edge(p, left + 1, top + 1, c) * fx;
    out[c] = level(upper * (1 - fy) + lower * fy);
  }
}

typedef int32_t four_ints __attribute__((vector_size(16)));
typedef uint8_t four_bytes __attribute__((vector_size(4)));

// A pixel and the byte after it.
static inline four pixel(const uint8_t *at) {
  four_bytes bytes;
  memcpy(&bytes, at, 4);
  return __builtin_convertvector(bytes, four);
}

CLONES void cpx_sample(const uint8_t *rgb, int width, int height, float x, float y, float step_x,
                       float step_y, int replicates, uint8_t *out, int count) {
  picture p = {rgb, width, height, replicates};
  for (int i = 0; i < count; i++, out += 3) {
    float u = x + (float)i * step_x, v = y + (float)i * step_y;
    // Written so that what is not a number fails, too. There is a pixel right of those that are read.
    if (!(u >= 0 && v >= 0 && u < (float)(width - 2) && v < (float)(height - 1))) {
      // Far outside nothing is seen.
      if (!replicates && (u <= -1 || v <= -1 || u >= (float)width || v >= (float)height))
        memset(out, 0, 3);
      else
        sample_edge(&p, u, v, out);
      continue;
    }
    int left = (int)u, top = (int)v;
    float fx = u - (float)left, fy = v - (float)top;
    const uint8_t *above = rgb + ((size_t)top * (size_t)width + (size_t)left) * 3;
    const uint8_t *below = above + (size_t)width * 3;
    four upper = pixel(above) * (1 - fx) + pixel(above + 3) * fx;
    four lower = pixel(below) * (1 - fx) + pixel(below + 3) * fx;
    four_ints value = __builtin_convertvector(upper * (1 - fy) + lower * fy + 0.5f, four_ints);
    out[0] = (uint8_t)value[0], out[1] = (uint8_t)value[1], out[2] = (uint8_t)value[2];
  }
}
