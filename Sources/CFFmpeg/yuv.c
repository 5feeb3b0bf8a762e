#include "shim.h"

#include <stdlib.h>
#include <string.h>

// Plain loops that the compiler turns into vector code, once for the machines of today and once for
// all others. Neither version has fused multiply-add, so both give the same bytes.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

CLONES static void widen(const uint8_t *in, uint16_t *out, int count) {
  for (int i = 0; i < count; i++) out[i] = in[i];
}

// Three parts of the near chroma row and one of the far one: 4:2:0 puts chroma between two rows.
CLONES static void blend(const uint16_t *near, const uint16_t *far, uint16_t *out, int count) {
  for (int i = 0; i < count; i++) out[i] = (uint16_t)(3 * near[i] + far[i]);
}

// Chroma stands on the even columns; `in` has four times its scale, `out` eight times.
CLONES static void spread(const uint16_t *in, uint16_t *out, int width) {
  int half = width / 2;
  for (int i = 0; i < half; i++) {
    out[2 * i] = (uint16_t)(2 * in[i]);
    out[2 * i + 1] = (uint16_t)(in[i] + in[i + 1]);
  }
  if (width & 1) out[width - 1] = (uint16_t)(2 * in[half]);
}

CLONES static void twice(const uint16_t *in, uint16_t *out, int width) {
  for (int i = 0; i < width; i++) out[i] = (uint16_t)(2 * in[i]);
}

static inline uint8_t level(float value) {
  value = value < 0 ? 0 : value;
  value = value > 255 ? 255 : value;
  return (uint8_t)(int)value;
}

CLONES static void color(const uint16_t *luma, const uint16_t *cb, const uint16_t *cr,
                         cff_yuv_matrix m, uint8_t *red, uint8_t *green, uint8_t *blue,
                         int width) {
  for (int x = 0; x < width; x++) {
    float y = m.luma * luma[x];
    red[x] = level(y + m.red_cr * cr[x] + m.red);
    green[x] = level(y + m.green_cb * cb[x] + m.green_cr * cr[x] + m.green);
    blue[x] = level(y + m.blue_cb * cb[x] + m.blue);
  }
}

CLONES static void pack(const uint8_t *red, const uint8_t *green, const uint8_t *blue,
                        uint8_t *rgb, int width) {
  for (int x = 0; x < width; x++) {
    rgb[3 * x] = red[x];
    rgb[3 * x + 1] = green[x];
    rgb[3 * x + 2] = blue[x];
  }
}

// Part of a row of a plane as 16-bit numbers, in `scratch` unless it is that already.
static const uint16_t *row16(const AVFrame *frame, int plane, int row, int bytes, int first,
                             int count, uint16_t *scratch) {
  const uint8_t *at = frame->data[plane] + (ptrdiff_t)frame->linesize[plane] * row + first * bytes;
  if (bytes == 2) return (const uint16_t *)at;
  widen(at, scratch, count);
  return scratch;
}

typedef struct {
  const AVFrame *frame;
  cff_yuv_layout layout;
  // Luma columns from an even one, and all rows and columns of chroma there are.
  int x, width, columns, rows;
  uint16_t *near, *far, *mixed;
} chroma_source;

// The chroma of a luma row, at full width and eight times its scale.
static void chroma_row(const chroma_source *s, int plane, int y, uint16_t *out) {
  int half_rows = s->layout.chroma_shift_y;
  int row = y >> half_rows;
  int other = half_rows ? row + ((y & 1) ? 1 : -1) : row;
  other = other < 0 ? 0 : other >= s->rows ? s->rows - 1 : other;
  int first = s->x >> s->layout.chroma_shift_x;
  int count = (s->width + s->layout.chroma_shift_x) >> s->layout.chroma_shift_x;
  // One more, for the last odd column lies half way to it.
  int there = first + count < s->columns ? count + 1 : count;
  int bytes = s->layout.bytes;
  const uint16_t *near = row16(s->frame, plane, row, bytes, first, there, s->near);
  const uint16_t *far = row16(s->frame, plane, other, bytes, first, there, s->far);
  blend(near, far, s->mixed, there);
  if (there == count) s->mixed[count] = s->mixed[count - 1];
  if (s->layout.chroma_shift_x) {
    spread(s->mixed, out, s->width);
  } else {
    twice(s->mixed, out, s->width);
  }
}

int cff_yuv_to_rgb(const AVFrame *frame, cff_yuv_layout layout, cff_yuv_matrix matrix,
                   cff_region region, uint8_t *rgb) {
  int before = region.x & 1;
  int width = region.width + before;
  size_t room = (size_t)width + 64;
  uint16_t *words = malloc(room * (6 * sizeof(uint16_t) + 3));
  if (!words) return AVERROR(ENOMEM);
  uint16_t *luma = words, *cb = words + room, *cr = words + 2 * room;
  uint8_t *red = (uint8_t *)(words + 6 * room), *green = red + room, *blue = green + room;
  int sx = layout.chroma_shift_x, sy = layout.chroma_shift_y;
  chroma_source chroma = {
      frame, layout, region.x - before, width, (frame->width + sx) >> sx,
      (frame->height + sy) >> sy, words + 3 * room, words + 4 * room, words + 5 * room};
  for (int y = 0; y < region.height; y++) {
    int from = region.y + y;
    const uint16_t *row = row16(frame, 0, from, layout.bytes, region.x - before, width, luma);
    chroma_row(&chroma, 1, from, cb);
    chroma_row(&chroma, 2, from, cr);
    color(row, cb, cr, matrix, red, green, blue, width);
    pack(red + before, green + before, blue + before,
         rgb + (size_t)y * (size_t)region.width * 3, region.width);
  }
  free(words);
  return 0;
}

CLONES static void stretch8(const uint8_t *in, float scale, float base, uint8_t *out, int count) {
  for (int x = 0; x < count; x++) out[x] = level(scale * in[x] + base);
}

CLONES static void stretch16(const uint16_t *in, float scale, float base, uint8_t *out,
                             int count) {
  for (int x = 0; x < count; x++) out[x] = level(scale * in[x] + base);
}

void cff_luma(const AVFrame *frame, cff_yuv_layout layout, float scale, float base,
              uint8_t *out) {
  for (int y = 0; y < frame->height; y++, out += frame->width) {
    const uint8_t *row = frame->data[0] + (ptrdiff_t)frame->linesize[0] * y;
    if (layout.bytes == 2) {
      stretch16((const uint16_t *)row, scale, base, out, frame->width);
    } else if (scale == 1) {
      memcpy(out, row, (size_t)frame->width);
    } else {
      stretch8(row, scale, base, out, frame->width);
    }
  }
}
