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

FOR_EACH_CPU
void kernels_adam(float *weights, const float *gradient, float *mean, float *variance,
                  ptrdiff_t count, float rate, float decay_mean, float decay_variance,
                  float epsilon) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float g = gradient[i];
    float m = decay_mean * mean[i] + (1 - decay_mean) * g;
    float v = decay_variance * variance[i] + (1 - decay_variance) * g * g;
    mean[i] = m;
    variance[i] = v;
    weights[i] -= rate * m / (__builtin_sqrtf(v) + epsilon);
  }
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
