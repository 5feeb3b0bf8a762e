#include "CPixels.h"

#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
// Into each of the clones.
#define INLINED __attribute__((always_inline))

CLONES static void corners_between(const uint8_t *above, const uint8_t *below, int width,
                                   uint8_t *out) {
  for (int i = 0; i < 3 * (width - 1); i++) {
    unsigned sum = (unsigned)above[i] + above[i + 3] + below[i] + below[i + 3];
    out[3 + i] = (uint8_t)((sum + 2) >> 2);
  }
  for (int c = 0; c < 3; c++) {
    int last = 3 * (width - 1) + c;
    out[c] = (uint8_t)((above[c] + below[c] + 1) >> 1);
    out[3 + last] = (uint8_t)((above[last] + below[last] + 1) >> 1);
  }
}

void cpx_corners(const uint8_t *rgb, int width, int height, uint8_t *out) {
  size_t row = (size_t)width * 3;
  for (int y = 0; y <= height; y++) {
    const uint8_t *above = rgb + row * (size_t)(y > 0 ? y - 1 : 0);
    const uint8_t *below = rgb + row * (size_t)(y < height ? y : height - 1);
    corners_between(above, below, width, out + (row + 3) * (size_t)y);
  }
}

typedef float four __attribute__((vector_size(16)));
typedef float eight __attribute__((vector_size(32)));
typedef uint8_t eight_bytes __attribute__((vector_size(8)));

// Pixels that are worked on at once.
enum { piece = 128 };

typedef struct {
  int32_t at[piece];
  float fx[piece], fy[piece];
  float colors[4 * piece];
} row_piece;

typedef struct {
  float x, y;
} place;

// Where the node of a column is moved to, in a row that is `part` of the way down its cell.
static inline INLINED place moved(const cpx_map *map, int row, int column, float part) {
  const float *above = map->moves + 2 * ((size_t)row * (size_t)(map->cells + 1) + (size_t)column);
  const float *below = above + 2 * (map->cells + 1);
  float x = above[0] + (below[0] - above[0]) * part;
  float y = above[1] + (below[1] - above[1]) * part;
  return (place){map->a * x + map->b * y, map->c * x + map->d * y};
}

// The rest of a row inside a cell: places advance evenly there.
static inline INLINED void locate(row_piece *p, int from, int to, int first, place start, place step,
                          int width, int height) {
  float right = (float)(width - 1), bottom = (float)(height - 1);
  for (int i = from; i < to; i++) {
    float x = start.x + step.x * (float)(first + i), y = start.y + step.y * (float)(first + i);
    // Written so that what is not a number becomes one.
    x = x > 0 ? x : 0, y = y > 0 ? y : 0;
    x = x < right ? x : right, y = y < bottom ? y : bottom;
    int left = (int)x, top = (int)y;
    left = left < width - 2 ? left : width - 2, top = top < height - 2 ? top : height - 2;
    p->fx[i] = x - (float)left, p->fy[i] = y - (float)top;
    p->at[i] = 3 * (top * width + left);
  }
}

static inline INLINED void locate_row(row_piece *p, const cpx_map *map, int side, int y, int first,
                              int count, int width, int height) {
  float v = (float)y + 0.5f;
  place step = {map->a, map->c};
  place start = {map->a * 0.5f + map->b * v + map->tx, map->c * 0.5f + map->d * v + map->ty};
  if (!map->moves) {
    locate(p, 0, count, first, start, step, width, height);
    return;
  }
  float density = (float)map->cells / (float)side;
  int row = (int)(v * density);
  row = row < map->cells ? row : map->cells - 1;
  float part = v * density - (float)row;
  for (int from = 0; from < count;) {
    // A pixel belongs to the cell its centre is in.
    int cell = (int)(((int64_t)(2 * (first + from) + 1) * map->cells) / (2 * (int64_t)side));
    int64_t end = ((int64_t)(cell + 1) * 2 * side - map->cells + 2 * (int64_t)map->cells - 1) /
                  (2 * (int64_t)map->cells);
    int to = end - first < count ? (int)(end - first) : count;
    place near = moved(map, row, cell, part), far = moved(map, row, cell + 1, part);
    place slope = {(far.x - near.x) * density, (far.y - near.y) * density};
    // Counted from the cell's own edge, so that a move is the node's at the node.
    float back = 0.5f - (float)cell / density;
    locate(p, from, to, first,
           (place){start.x + near.x + slope.x * back, start.y + near.y + slope.y * back},
           (place){step.x + slope.x, step.y + slope.y}, width, height);
    from = to;
  }
}

static inline INLINED void sample(row_piece *p, const uint8_t *rgb, size_t row, int count) {
  for (int i = 0; i < count; i++) {
    eight_bytes above, below;
    memcpy(&above, rgb + p->at[i], 8);
    memcpy(&below, rgb + p->at[i] + row, 8);
    eight upper = __builtin_convertvector(above, eight);
    eight lower = __builtin_convertvector(below, eight);
    upper += (lower - upper) * p->fy[i];
    four left = __builtin_shufflevector(upper, upper, 0, 1, 2, 3);
    four right = __builtin_shufflevector(upper, upper, 3, 4, 5, 6);
    left += (right - left) * p->fx[i];
    memcpy(p->colors + 4 * i, &left, sizeof left);
  }
}

static inline INLINED float cut(float value) {
  value = value > 0 ? value : 0;
  return value < 1 ? value : 1;
}

static inline INLINED void store(const row_piece *p, const cpx_tone *tone, int count, float *red,
                         float *green, float *blue) {
  const float scale = 1.0f / 255;
  if (!tone->changes) {
    for (int i = 0; i < count; i++) {
      red[i] = p->colors[4 * i] * scale;
      green[i] = p->colors[4 * i + 1] * scale;
      blue[i] = p->colors[4 * i + 2] * scale;
    }
    return;
  }
  for (int i = 0; i < count; i++) {
    float r = p->colors[4 * i] * scale, g = p->colors[4 * i + 1] * scale;
    float b = p->colors[4 * i + 2] * scale;
    float luma = 0.299f * r + 0.587f * g + 0.114f * b;
    red[i] = cut((luma + (r - luma) * tone->saturation) * tone->red);
    green[i] = cut((luma + (g - luma) * tone->saturation) * tone->green);
    blue[i] = cut((luma + (b - luma) * tone->saturation) * tone->blue);
  }
}

CLONES void cpx_view(const uint8_t *rgb, int width, int height, const cpx_map *map,
                     const cpx_tone *tone, int side, float *planes) {
  row_piece p;
  size_t area = (size_t)side * (size_t)side;
  for (int y = 0; y < side; y++) {
    for (int x = 0; x < side; x += piece) {
      int count = side - x < piece ? side - x : piece;
      locate_row(&p, map, side, y, x, count, width, height);
      sample(&p, rgb, (size_t)width * 3, count);
      float *out = planes + (size_t)y * (size_t)side + (size_t)x;
      store(&p, tone, count, out, out + area, out + 2 * area);
    }
  }
}
