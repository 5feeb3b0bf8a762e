#include "CPixels.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

// Squares of whole numbers below 2^11 summed over a row of 512 stay below 2^31.
enum { LONGEST_ROW = 512 };

CLONES static void add_row(const uint8_t *above, const uint8_t *row, const uint8_t *below,
                           int count, cpx_texture *sums, int16_t *rough) {
  int32_t xx = 0, xy = 0, yy = 0;
  int32_t h0 = 0, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0;
  for (int i = 0; i < count; i++) {
    int a = above[i - 1], b = above[i], c = above[i + 1];
    int d = row[i - 1], e = row[i], f = row[i + 1];
    int g = below[i - 1], h = below[i], k = below[i + 1];
    // First derivatives in eighths, second ones in quarters of a step of luma a pixel.
    int x = c + 2 * f + k - a - 2 * d - g;
    int y = g + 2 * h + k - a - 2 * b - c;
    int two_x = a - 2 * b + c + 2 * (d - 2 * e + f) + g - 2 * h + k;
    int two_y = a - 2 * d + g + 2 * (b - 2 * e + h) + c - 2 * f + k;
    int cross = a - c - g + k;
    xx += x * x, xy += x * y, yy += y * y;
    h0 += two_x * two_x, h1 += two_x * cross, h2 += cross * cross;
    h3 += two_x * two_y, h4 += cross * two_y, h5 += two_y * two_y;
    int mixed = a - 2 * b + c - 2 * (d - 2 * e + f) + g - 2 * h + k;
    rough[i] = (int16_t)(mixed < 0 ? -mixed : mixed);
  }
  sums->first[0] += xx, sums->first[1] += xy, sums->first[2] += yy;
  sums->second[0] += h0, sums->second[1] += h1, sums->second[2] += h2;
  sums->second[3] += h3, sums->second[4] += h4, sums->second[5] += h5;
}

void cpx_add_texture(const uint8_t *luma, int width, int first, int last, int y,
                     cpx_texture *sums) {
  const uint8_t *row = luma + (size_t)y * (size_t)width;
  int16_t rough[LONGEST_ROW];
  for (int start = first; start < last; start += LONGEST_ROW) {
    int count = last - start < LONGEST_ROW ? last - start : LONGEST_ROW;
    add_row(row - width + start, row + start, row + width + start, count, sums, rough);
    for (int i = 0; i < count; i++) sums->rough[rough[i]]++;
    sums->count += count;
  }
}

CLONES static void add_steps(const uint8_t *before, const uint8_t *row, const uint8_t *after,
                             const uint8_t *far_before, const uint8_t *far_after, int count,
                             int64_t *near, int64_t *far) {
  int32_t a = 0, b = 0;
  for (int i = 0; i < count; i++) {
    int close = 2 * row[i] - before[i] - after[i];
    int wide = 2 * row[i] - far_before[i] - far_after[i];
    a += close < 0 ? -close : close;
    b += wide < 0 ? -wide : wide;
  }
  *near += a, *far += b;
}

void cpx_add_comb(const uint8_t *luma, int width, int first, int last, int y, int64_t *near,
                  int64_t *far) {
  size_t stride = (size_t)width;
  const uint8_t *row = luma + (size_t)y * stride + first;
  add_steps(row - stride, row, row + stride, row - 2 * stride, row + 2 * stride, last - first,
            near, far);
}

// How much more luma steps from one line to the next than on either side of the two.
CLONES static int32_t steps_over(const uint8_t *p, const uint8_t *a, const uint8_t *b,
                                 const uint8_t *q, int count) {
  int32_t sum = 0;
  for (int i = 0; i < count; i++) {
    int step = 2 * abs(b[i] - a[i]) - abs(a[i] - p[i]) - abs(q[i] - b[i]);
    sum += step;
  }
  return sum;
}

void cpx_add_blocks(const uint8_t *luma, int width, int first, int last, int top, int bottom,
                    int64_t *across, int64_t *down) {
  size_t stride = (size_t)width;
  for (int y = top; y < bottom; y++) {
    const uint8_t *row = luma + (size_t)y * stride;
    down[y & 7] += steps_over(row - 2 * stride + first, row - stride + first, row + first,
                              row + stride + first, last - first);
    int32_t line[8] = {0};
    for (int x = first; x < last; x++) {
      const uint8_t *at = row + x;
      line[x & 7] += 2 * abs(at[0] - at[-1]) - abs(at[-1] - at[-2]) - abs(at[1] - at[0]);
    }
    for (int phase = 0; phase < 8; phase++) across[phase] += line[phase];
  }
}
