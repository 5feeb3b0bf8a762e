#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif

FOR_EACH_CPU
void kernels_bias_leaky(float *values, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                        const float *bias, float slope) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    float *line = values + row * stride;
    for (ptrdiff_t i = 0; i < columns; i++) {
      float sum = line[i] + bias[i];
      line[i] = sum > 0 ? sum : slope * sum;
    }
  }
}

FOR_EACH_CPU
void kernels_leaky_gradient(const float *values, float *gradient, ptrdiff_t count, float slope) {
  for (ptrdiff_t i = 0; i < count; i++) gradient[i] *= values[i] > 0 ? 1 : slope;
}

// exp(x) as 2^n · p(f): n whole, |f| <= 1/2, p the Taylor series of 2^f, off by less than 2 ulp.
static inline float exponential(float x) {
  x = x < -87 ? -87 : x > 87 ? 87 : x;
  float whole = __builtin_rintf(x * 1.44269504f);
  float f = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  float p = 1 + f * (1 + f * (0.5f + f * (1.0f / 6 + f * (1.0f / 24 + f * (1.0f / 120 + f / 720)))));
  union {
    int bits;
    float value;
  } power = {((int)whole + 127) << 23};
  return p * power.value;
}

FOR_EACH_CPU
void kernels_bias_sigmoid(float *values, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                          const float *bias) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    float *line = values + row * stride;
    for (ptrdiff_t i = 0; i < columns; i++) line[i] = 1 / (1 + exponential(-(line[i] + bias[i])));
  }
}

FOR_EACH_CPU
void kernels_sigmoid_gradient(const float *values, float *gradient, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) gradient[i] *= values[i] * (1 - values[i]);
}

FOR_EACH_CPU
void kernels_column_sums(const float *values, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                         float *sums) {
  memset(sums, 0, (size_t)columns * sizeof(float));
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *line = values + row * stride;
    for (ptrdiff_t i = 0; i < columns; i++) sums[i] += line[i];
  }
}

// The finalizer of MurmurHash3 (Appleby), a bijection that mixes all bits.
static inline uint32_t mixed(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

static inline __attribute__((always_inline)) void update(const kernels_step *step, uint32_t first,
                                                         float *weights, const float *gradient,
                                                         float *mean, float *variance,
                                                         ptrdiff_t count, const int believes,
                                                         const int drops) {
  kernels_step s = *step;
  uint32_t seed = mixed(s.seed + 0x9e3779b9u);
  for (ptrdiff_t i = 0; i < count; i++) {
    float g = s.gradient_scale * gradient[i];
    float m = s.decay_mean * mean[i] + (1 - s.decay_mean) * g;
    float d = believes ? g - m : g;
    float v = s.decay_variance * variance[i] + (1 - s.decay_variance) * d * d;
    mean[i] = m;
    variance[i] = v;
    float rate = drops && mixed((first + (uint32_t)i) ^ seed) > s.kept ? 0 : s.rate;
    weights[i] -= rate * m / (__builtin_sqrtf(v) + s.epsilon);
  }
}

FOR_EACH_CPU
void kernels_update(const kernels_step *step, ptrdiff_t first, float *weights,
                    const float *gradient, float *mean, float *variance, ptrdiff_t count) {
  uint32_t at = (uint32_t)first;
  int drops = step->kept != UINT32_MAX;
  if (step->believes && drops) update(step, at, weights, gradient, mean, variance, count, 1, 1);
  else if (step->believes) update(step, at, weights, gradient, mean, variance, count, 1, 0);
  else if (drops) update(step, at, weights, gradient, mean, variance, count, 0, 1);
  else update(step, at, weights, gradient, mean, variance, count, 0, 0);
}

FOR_EACH_CPU
double kernels_square_sum(const float *values, ptrdiff_t count) {
  double lanes[8] = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int lane = 0; lane < 8; lane++) lanes[lane] += (double)values[i + lane] * values[i + lane];
  for (; i < count; i++) lanes[0] += (double)values[i] * values[i];
  double sum = 0;
  for (int lane = 0; lane < 8; lane++) sum += lanes[lane];
  return sum;
}

FOR_EACH_CPU
void kernels_add(const float *values, float factor, ptrdiff_t count, float *sum) {
  for (ptrdiff_t i = 0; i < count; i++) sum[i] += factor * values[i];
}

FOR_EACH_CPU
void kernels_filter_rows(const float *plane, int height, int width, const float *weights,
                         int taps, float *result) {
  int across = width - taps + 1;
  for (int y = 0; y < height; y++) {
    const float *from = plane + (ptrdiff_t)y * width;
    float *to = result + (ptrdiff_t)y * across;
    for (int x = 0; x < across; x++) to[x] = weights[0] * from[x];
    for (int tap = 1; tap < taps; tap++)
      for (int x = 0; x < across; x++) to[x] += weights[tap] * from[x + tap];
  }
}

FOR_EACH_CPU
void kernels_filter_columns(const float *plane, int height, int width, const float *weights,
                            int taps, float *result) {
  for (int y = 0; y + taps <= height; y++) {
    const float *from = plane + (ptrdiff_t)y * width;
    float *to = result + (ptrdiff_t)y * width;
    for (int x = 0; x < width; x++) to[x] = weights[0] * from[x];
    for (int tap = 1; tap < taps; tap++)
      for (int x = 0; x < width; x++) to[x] += weights[tap] * from[(ptrdiff_t)tap * width + x];
  }
}
