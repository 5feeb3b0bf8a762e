// The functions themselves, compiled once for each kind of processor: the file that includes this one
// says how many LANES a vector has, how many ROWS of sums the registers hold, and what the TABLE is
// called.
#include <stddef.h>
#include <string.h>

#include "winograd.h"
#include "winograd_shape.h"

#define PANEL (2 * LANES)
#define POINTS winograd_points
#define INLINE static inline __attribute__((always_inline))

typedef float vector __attribute__((vector_size(4 * LANES)));
typedef float unaligned __attribute__((vector_size(4 * LANES), aligned(4)));

INLINE vector load(const float *from) { return *(const unaligned *)from; }
INLINE void store(float *to, vector value) { *(unaligned *)to = value; }

#if LANES == 16
#define LOW_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define LOW_HALVES 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_HALVES 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOW_HALVES 0, 4, 1, 5
#define HIGH_HALVES 2, 6, 3, 7
#endif

// Rows become columns. Each round shuffles all numbers as one deck of cards; after as many as the
// lanes have binary digits, the two digits of each place have changed sides.
INLINE void transpose(vector *rows) {
  vector shuffled[LANES];
#pragma clang loop unroll(full)
  for (int size = LANES; size > 1; size /= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; i++) {
      shuffled[2 * i] = __builtin_shufflevector(rows[i], rows[i + LANES / 2], LOW_HALVES);
      shuffled[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + LANES / 2], HIGH_HALVES);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) rows[i] = shuffled[i];
  }
}

// Transforms of one line, with the points 0, 1, −1, 2, −2 and infinity. `in` and `out` are the
// distances between neighbours.

// Six inputs to six points.
INLINE void input_line(const vector *x, int in, vector *y, int out) {
  vector x0 = x[0], x1 = x[in], x2 = x[2 * in], x3 = x[3 * in], x4 = x[4 * in], x5 = x[5 * in];
  vector even1 = x4 - 4 * x2, odd1 = x3 - 4 * x1;
  vector even2 = x4 - x2, odd2 = 2 * (x3 - x1);
  y[0] = 4 * x0 - 5 * x2 + x4;
  y[out] = even1 + odd1;
  y[2 * out] = even1 - odd1;
  y[3 * out] = even2 + odd2;
  y[4 * out] = even2 - odd2;
  y[5 * out] = 4 * x1 - 5 * x3 + x5;
}

// Six points to four outputs.
INLINE void output_line(const vector *x, int in, vector *y, int out) {
  vector sum1 = x[in] + x[2 * in], difference1 = x[in] - x[2 * in];
  vector sum2 = x[3 * in] + x[4 * in], difference2 = x[3 * in] - x[4 * in];
  y[0] = x[0] + sum1 + sum2;
  y[out] = difference1 + 2 * difference2;
  y[2 * out] = sum1 + 4 * sum2;
  y[3 * out] = difference1 + 8 * difference2 + x[5 * in];
}

// The adjoint: four gradients to six points.
INLINE void gradient_line(const vector *x, int in, vector *y, int out) {
  vector x0 = x[0], x1 = x[in], x2 = x[2 * in], x3 = x[3 * in];
  vector even1 = x0 + x2, odd1 = x1 + x3;
  vector even2 = x0 + 4 * x2, odd2 = 2 * x1 + 8 * x3;
  y[0] = x0;
  y[out] = even1 + odd1;
  y[2 * out] = even1 - odd1;
  y[3 * out] = even2 + odd2;
  y[4 * out] = even2 - odd2;
  y[5 * out] = x3;
}

// Three weights to six points.
INLINE void weight_line(const vector *x, int in, vector *y, int out) {
  vector x0 = x[0], x1 = x[in], x2 = x[2 * in];
  vector even1 = (x0 + x2) * (-1.0f / 6), odd1 = x1 * (-1.0f / 6);
  vector even2 = x0 * (1.0f / 24) + x2 * (1.0f / 6), odd2 = x1 * (1.0f / 12);
  y[0] = x0 * 0.25f;
  y[out] = even1 + odd1;
  y[2 * out] = even1 - odd1;
  y[3 * out] = even2 + odd2;
  y[4 * out] = even2 - odd2;
  y[5 * out] = x2;
}

// The adjoint: six points to three weights' gradients.
INLINE void weight_gradient_line(const vector *x, int in, vector *y, int out) {
  vector sum1 = x[in] + x[2 * in], difference1 = x[in] - x[2 * in];
  vector sum2 = x[3 * in] + x[4 * in], difference2 = x[3 * in] - x[4 * in];
  y[0] = x[0] * 0.25f - sum1 * (1.0f / 6) + sum2 * (1.0f / 24);
  y[out] = difference2 * (1.0f / 12) - difference1 * (1.0f / 6);
  y[2 * out] = sum2 * (1.0f / 6) - sum1 * (1.0f / 6) + x[5 * in];
}

// c[rows][PANEL] (+)= a[rows][depth] · b[depth][PANEL]
INLINE void product(const int rows, ptrdiff_t depth, const float *a, ptrdiff_t row_step,
                    ptrdiff_t depth_step, const float *b, float *c, int add) {
  vector left[ROWS], right[ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    left[i] = add ? load(c + i * PANEL) : (vector){0};
    right[i] = add ? load(c + i * PANEL + LANES) : (vector){0};
  }
  for (ptrdiff_t k = 0; k < depth; k++) {
    vector b0 = load(b), b1 = load(b + LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      float factor = a[i * row_step];
      left[i] += factor * b0;
      right[i] += factor * b1;
    }
    a += depth_step;
    b += PANEL;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    store(c + i * PANEL, left[i]);
    store(c + i * PANEL + LANES, right[i]);
  }
}

// For each number of rows; `a` is read along its rows or down its columns.
typedef void (*product_function)(ptrdiff_t depth, const float *a, ptrdiff_t step, const float *b,
                                 float *c, int add);
#define PRODUCT(rows)                                                                        \
  static __attribute__((noinline)) void along##rows(ptrdiff_t depth, const float *a,         \
                                                    ptrdiff_t step, const float *b,          \
                                                    float *c, int add) {                     \
    product(rows, depth, a, step, 1, b, c, add);                                             \
  }                                                                                          \
  static __attribute__((noinline)) void down##rows(ptrdiff_t depth, const float *a,          \
                                                   ptrdiff_t step, const float *b, float *c, \
                                                   int add) {                                \
    product(rows, depth, a, 1, step, b, c, add);                                             \
  }
PRODUCT(1) PRODUCT(2) PRODUCT(3) PRODUCT(4) PRODUCT(5) PRODUCT(6)
#if ROWS == 14
PRODUCT(7) PRODUCT(8) PRODUCT(9) PRODUCT(10) PRODUCT(11) PRODUCT(12) PRODUCT(13) PRODUCT(14)
static const product_function along[] = {NULL,    along1,  along2,  along3,  along4,
                                         along5,  along6,  along7,  along8,  along9,
                                         along10, along11, along12, along13, along14};
static const product_function down[] = {NULL,   down1,  down2,  down3,  down4,
                                        down5,  down6,  down7,  down8,  down9,
                                        down10, down11, down12, down13, down14};
#else
static const product_function along[] = {NULL, along1, along2, along3, along4, along5, along6};
static const product_function down[] = {NULL, down1, down2, down3, down4, down5, down6};
#endif

// Any number of rows, in pieces of nearly the same size.
INLINE void multiply_rows(const product_function *functions, ptrdiff_t row_step, int rows,
                          ptrdiff_t depth, const float *a, ptrdiff_t step, const float *b,
                          float *c, int add) {
  int pieces = (rows + ROWS - 1) / ROWS;
  for (int done = 0; pieces > 0; pieces--) {
    int now = (rows - done) / pieces;
    functions[now](depth, a + done * row_step, step, b, c + (ptrdiff_t)done * PANEL, add);
    done += now;
  }
}

typedef struct {
  int sample, y, x;
} place;

INLINE place place_of(const winograd_shape *shape, int tile) {
  int across = (shape->width + 3) / 4, down = (shape->height + 3) / 4;
  place found = {tile / (across * down), tile / across % down * 4, tile % across * 4};
  return found;
}

// The first channel of a pixel, of those that `run` is in where pixels are folded; null outside.
INLINE ptrdiff_t pixel_at(const winograd_shape *shape, int folded, int channels, int sample, int y,
                          int x, winograd_run run) {
  if (!folded)
    return (((ptrdiff_t)sample * shape->height + y) * shape->width + x) * channels;
  ptrdiff_t row = (ptrdiff_t)sample * 2 * shape->height + 2 * y + run.row;
  return (row * 2 * shape->width + 2 * x + run.column) * (channels / 4);
}

// A weight that a folded convolution of 5×5 has not: the last row or column of every other pixel.
INLINE int is_beyond(winograd_run run, int tap) {
  return (tap / 3 == 2 && run.row) || (tap % 3 == 2 && run.column);
}

// The tap in memory for a tap of the 3×3.
INLINE int tap_of(int folded, winograd_run run, int tap) {
  return folded ? (2 * (tap / 3) + run.row) * 5 + 2 * (tap % 3) + run.column : tap;
}

// Points that zero weights lead to: the last row or column forward, the first on the way back.
INLINE int is_idle(int folded, winograd_run run, int point, int line) {
  return folded && ((run.row && point / 6 == line) || (run.column && point % 6 == line));
}

static void pack(const winograd_shape *shape, const float *weights, int first, int count,
                 float *packed) {
  int panels = winograd_runs(shape->out_channels, 0, PANEL);
  int in = shape->folded_in ? shape->in_channels / 4 : shape->in_channels;
  for (int k = first; k < first + count; k++) {
    winograd_run from = winograd_run_at(shape->in_channels, shape->folded_in, 1, k);
    for (int p = 0; p < panels; p++) {
      winograd_run run = winograd_run_at(shape->out_channels, 0, PANEL, p);
      float *to = packed + ((ptrdiff_t)p * shape->in_channels + k) * 9 * PANEL;
      for (int tap = 0; tap < 9; tap++, to += PANEL) {
        int isBeyond = shape->folded_in && is_beyond(from, tap);
        const float *row =
            weights + ((ptrdiff_t)tap_of(shape->folded_in, from, tap) * in + from.first) *
                          shape->out_channels;
        if (isBeyond || run.count < PANEL) memset(to, 0, PANEL * sizeof(float));
        if (isBeyond) continue;
        for (int i = 0; i < run.count; i += LANES) store(to + i, load(row + run.first + i));
      }
    }
  }
}

static void pack_back(const winograd_shape *shape, const float *weights, int panel,
                      float *packed) {
  winograd_run run = winograd_run_at(shape->out_channels, shape->folded_out, PANEL, panel);
  int depth = shape->in_channels;
  packed += (ptrdiff_t)panel * depth * 9 * PANEL;
  if (run.count < PANEL) memset(packed, 0, (size_t)depth * 9 * PANEL * sizeof(float));
  for (int tap = 0; tap < 9; tap++) {
    int mirrored = 8 - tap;
    float *to = packed + tap * PANEL;
    if (shape->folded_out && is_beyond(run, mirrored)) {
      for (int k = 0; k < depth; k++) memset(to + (ptrdiff_t)k * 9 * PANEL, 0, PANEL * sizeof(float));
      continue;
    }
    const float *from =
        weights + ((ptrdiff_t)tap_of(shape->folded_out, run, mirrored) * run.channels + run.first) *
                      depth;
    for (int k = 0; k < depth; k += LANES) {
      for (int lane = 0; lane < run.count; lane += LANES) {
        vector block[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) block[i] = load(from + (ptrdiff_t)(lane + i) * depth + k);
        transpose(block);
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++)
          store(to + (ptrdiff_t)(k + i) * 9 * PANEL + lane, block[i]);
      }
    }
  }
}

static void transform_input(const winograd_shape *shape, const float *image, int first, int count,
                            const winograd_tiles *tiles) {
  int runs = shape->folded_in ? 4 : 1;
  int channels = shape->in_channels / runs;
  for (int tile = first; tile < first + count; tile++) {
    place at = place_of(shape, tile);
    for (int r = 0; r < runs; r++) {
      winograd_run run = {r / 2, r % 2, 0, channels, channels};
      const float *pixels[POINTS];
      for (int i = 0; i < POINTS; i++) {
        int y = at.y + i / 6 - 1, x = at.x + i % 6 - 1;
        int isInside = y >= 0 && y < shape->height && x >= 0 && x < shape->width;
        pixels[i] = isInside ? image + pixel_at(shape, shape->folded_in, shape->in_channels,
                                                at.sample, y, x, run)
                             : NULL;
      }
      float *to = tiles->values + (ptrdiff_t)(tile - tiles->first) * tiles->tile_step +
                  (ptrdiff_t)r * channels;
      for (int c = 0; c < channels; c += LANES) {
        vector in[POINTS], half[POINTS];
        for (int i = 0; i < POINTS; i++) in[i] = pixels[i] ? load(pixels[i] + c) : (vector){0};
        for (int i = 0; i < 6; i++) input_line(in + i, 6, half + i, 6);
        for (int i = 0; i < 6; i++) input_line(half + 6 * i, 1, in + 6 * i, 1);
        for (int i = 0; i < POINTS; i++) {
          __builtin_prefetch(to + i * tiles->point_step + c + 4 * LANES, 1);
          store(to + i * tiles->point_step + c, in[i]);
        }
      }
    }
  }
}

// Weights of a block, [depth][9][PANEL], to their points, [point][depth][PANEL].
static void transform_weights(const float *packed, int depth, float *points, ptrdiff_t step) {
  for (int k = 0; k < depth; k++, packed += 9 * PANEL, points += PANEL) {
    for (int c = 0; c < PANEL; c += LANES) {
      vector taps[9], half[18], full[POINTS];
      for (int i = 0; i < 9; i++) taps[i] = load(packed + i * PANEL + c);
      for (int i = 0; i < 3; i++) weight_line(taps + i, 3, half + i, 3);
      for (int i = 0; i < 6; i++) weight_line(half + 3 * i, 1, full + 6 * i, 1);
      // Every line is written once and comes from the next cache: it is sent for a while before.
      for (int i = 0; i < POINTS; i++) {
        __builtin_prefetch(points + i * step + c + 2 * PANEL, 1);
        store(points + i * step + c, full[i]);
      }
    }
  }
}

// Sums of all points, [point][tile][PANEL], to pixels.
static void finish(const winograd_shape *shape, const float *sums, ptrdiff_t step,
                   winograd_run run, int first, int count, const float *bias, float slope,
                   float *image) {
  for (int t = 0; t < count; t++) {
    place at = place_of(shape, first + t);
    for (int c = 0; c < run.count; c += LANES) {
      vector in[POINTS], half[24], out[16];
      for (int i = 0; i < POINTS; i++) in[i] = load(sums + i * step + (ptrdiff_t)t * PANEL + c);
      for (int i = 0; i < 6; i++) output_line(in + i, 6, half + i, 6);
      for (int i = 0; i < 4; i++) output_line(half + 6 * i, 1, out + 4 * i, 1);
      vector offset = bias ? load(bias + run.first + c) : (vector){0};
      for (int i = 0; i < 16; i++) {
        int y = at.y + i / 4, x = at.x + i % 4;
        if (y >= shape->height || x >= shape->width) continue;
        vector value = out[i] + offset;
        store(image + pixel_at(shape, shape->folded_out, shape->out_channels, at.sample, y, x, run) +
                  run.first + c,
              __builtin_elementwise_max(value, value * slope));
      }
    }
  }
}

static void multiply(const winograd_shape *shape, const float *packed, const winograd_tiles *tiles,
                     int panel, int first, int count, const float *bias, float slope, float *image,
                     float *scratch) {
  winograd_run run = winograd_run_at(shape->out_channels, shape->folded_out, PANEL, panel);
  ptrdiff_t weight_step = winograd_depth_block * PANEL + 16;
  ptrdiff_t sum_step = winograd_tile_block * PANEL + 16;
  float *weights = scratch, *sums = scratch + POINTS * weight_step;
  packed += (ptrdiff_t)panel * shape->in_channels * 9 * PANEL;
  char begun[POINTS] = {0};
  int blocks = winograd_runs(shape->in_channels, shape->folded_in, winograd_depth_block);
  for (int b = 0; b < blocks; b++) {
    winograd_run block =
        winograd_run_at(shape->in_channels, shape->folded_in, winograd_depth_block, b);
    int k = winograd_run_start(block);
    transform_weights(packed + (ptrdiff_t)k * 9 * PANEL, block.count, weights, weight_step);
    for (int i = 0; i < POINTS; i++) {
      if (is_idle(shape->folded_in, block, i, 5) || is_idle(shape->folded_out, run, i, 0)) continue;
      const float *a = tiles->values + i * tiles->point_step +
                       (ptrdiff_t)(first - tiles->first) * tiles->tile_step + k;
      multiply_rows(along, tiles->tile_step, count, block.count, a, tiles->tile_step,
                    weights + i * weight_step, sums + i * sum_step, begun[i]);
      begun[i] = 1;
    }
  }
  for (int i = 0; i < POINTS; i++)
    if (!begun[i]) memset(sums + i * sum_step, 0, (size_t)count * PANEL * sizeof(float));
  finish(shape, sums, sum_step, run, first, count, bias, slope, image);
}

static void transform_gradient(const winograd_shape *shape, const float *gradient, int base,
                               int total, int first, int count, float *transformed) {
  int panels = winograd_runs(shape->out_channels, 0, PANEL);
  winograd_run whole = {0, 0, 0, shape->out_channels, shape->out_channels};
  for (int tile = first; tile < first + count; tile++) {
    place at = place_of(shape, tile);
    const float *pixels[16];
    for (int i = 0; i < 16; i++) {
      int y = at.y + i / 4, x = at.x + i % 4;
      pixels[i] = y < shape->height && x < shape->width
                      ? gradient + pixel_at(shape, 0, shape->out_channels, at.sample, y, x, whole)
                      : NULL;
    }
    for (int c = 0; c < panels * PANEL; c += LANES) {
      vector in[16], half[24], full[POINTS];
      for (int i = 0; i < 16; i++)
        in[i] = pixels[i] && c < shape->out_channels ? load(pixels[i] + c) : (vector){0};
      for (int i = 0; i < 4; i++) gradient_line(in + i, 4, half + i, 4);
      for (int i = 0; i < 6; i++) gradient_line(half + 4 * i, 1, full + 6 * i, 1);
      float *to = transformed + ((ptrdiff_t)(c / PANEL) * POINTS * total + tile - base) * PANEL +
                  c % PANEL;
      for (int i = 0; i < POINTS; i++) store(to + (ptrdiff_t)i * total * PANEL, full[i]);
    }
  }
}

static void weight_gradient(const winograd_shape *shape, const winograd_tiles *tiles,
                            const float *transformed, int panel, int block, int add,
                            float *weights, float *scratch) {
  winograd_run from =
      winograd_run_at(shape->in_channels, shape->folded_in, winograd_depth_block, block);
  winograd_run run = winograd_run_at(shape->out_channels, 0, PANEL, panel);
  ptrdiff_t step = winograd_depth_block * PANEL + 16;
  transformed += (ptrdiff_t)panel * POINTS * tiles->count * PANEL;
  for (int i = 0; i < POINTS; i++) {
    if (is_idle(shape->folded_in, from, i, 5)) {
      memset(scratch + i * step, 0, (size_t)from.count * PANEL * sizeof(float));
      continue;
    }
    multiply_rows(down, 1, from.count, tiles->count,
                  tiles->values + i * tiles->point_step + winograd_run_start(from),
                  tiles->tile_step, transformed + (ptrdiff_t)i * tiles->count * PANEL,
                  scratch + i * step, 0);
  }
  for (int k = 0; k < from.count; k++) {
    for (int c = 0; c < run.count; c += LANES) {
      vector full[POINTS], half[18], taps[9];
      for (int i = 0; i < POINTS; i++) full[i] = load(scratch + i * step + k * PANEL + c);
      for (int i = 0; i < 6; i++) weight_gradient_line(full + i, 6, half + i, 6);
      for (int i = 0; i < 3; i++) weight_gradient_line(half + 6 * i, 1, taps + 3 * i, 1);
      for (int tap = 0; tap < 9; tap++) {
        if (shape->folded_in && is_beyond(from, tap)) continue;
        float *to = weights +
                    ((ptrdiff_t)tap_of(shape->folded_in, from, tap) * from.channels + from.first +
                     k) * shape->out_channels +
                    run.first + c;
        store(to, add ? load(to) + taps[tap] : taps[tap]);
      }
    }
  }
}

const winograd_kernels TABLE = {
    .name = NAME,
    .lanes = LANES,
    .pack = pack,
    .pack_back = pack_back,
    .transform_input = transform_input,
    .multiply = multiply,
    .transform_gradient = transform_gradient,
    .weight_gradient = weight_gradient,
};
