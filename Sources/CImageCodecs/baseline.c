// A decoder for the plainest JPEGs, those that crops are: baseline, one scan, three components of one
// resolution, no restarts. It makes pictures a half, a quarter or an eighth as large, each pixel the
// mean of those it covers, in two thirds of libjpeg's time. Most of that is spent on the entropy
// code, whose every symbol is looked up here together with its bits, once for up to eleven of them.
//
// It never guesses: whatever is unusual or damaged is left to libjpeg, which decodes or refuses it.
//
// Format: ITU-T Recommendation T.81.
#include "baseline.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
// Into each of the clones.
#define INLINED __attribute__((always_inline))

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  uint64_t bits;  // The next ones at the top.
  int count;
  int is_bad;
} reader;

// At least 56 bits. Behind the end there are zeros; what is read there is found out at the end of a row.
static inline INLINED void refill(reader *r) {
  uint64_t next;
  memcpy(&next, r->at, 8);
  r->bits |= __builtin_bswap64(next) >> r->count;
  r->at += (63 - r->count) >> 3;
  r->count |= 56;
}

static inline INLINED int32_t next_symbol(reader *r, const huffman *table) {
  int32_t found = table->symbols[r->bits >> (64 - peek)];
  if (__builtin_expect((int8_t)found <= 0, 0)) {
    found = ci_symbol(table, found, r->bits);
    if (!found) r->is_bad = 1, found = past_block << 8 | 1;
  }
  r->bits <<= found & 63;
  r->count -= found & 63;
  return found;
}

// Blocks side by side: of each coefficient `lanes`, and behind them what no block has.
typedef struct {
  int16_t coefficients[65][lanes];
  int last;  // The furthest in the order of the code that any of them has.
} block_row;

static inline INLINED void read_block(reader *r, const huffman *dc, const huffman *ac, int *level,
                              block_row *to, int lane) {
  refill(r);
  *level += next_symbol(r, dc) >> 16;
  r->is_bad |= *level != (int16_t)*level;
  to->coefficients[0][lane] = (int16_t)*level;
  int k = 0;
  for (;;) {
    int32_t found = next_symbol(r, ac);
    k += found >> 8 & 255;
    to->coefficients[ci_places[k]][lane] = (int16_t)(found >> 16);
    if (k >= 63) break;
    refill(r);
    found = next_symbol(r, ac);
    k += found >> 8 & 255;
    to->coefficients[ci_places[k]][lane] = (int16_t)(found >> 16);
    if (k >= 63) break;
  }
  r->is_bad |= k > 63 && k < past_block;
  int last = k < past_block ? 63 : k - past_block;
  to->last = to->last > last ? to->last : last;
}

// The means of a cosine over half, a quarter of a block: what each frequency gives to the first
// pixels. The last ones follow by symmetry, odd frequencies with the other sign.
static const float means_of_two[2][8] = {
    {0.353553391f, 0.453063723f, 0.326640741f, 0.159094823f, 0, -0.106303762f, -0.135299025f,
     -0.0901199778f},
    {0.353553391f, 0.187665139f, -0.326640741f, -0.384088878f, 0, 0.256639984f, 0.135299025f,
     -0.037328917f}};
static const float means_of_four[1][8] = {
    {0.353553391f, 0.320364431f, 0, -0.112497028f, 0, 0.0751681109f, 0, -0.0637244474f}};

typedef float vector __attribute__((vector_size(4 * lanes)));
typedef int32_t int_vector __attribute__((vector_size(4 * lanes)));
typedef int16_t short_vector __attribute__((vector_size(2 * lanes)));

// Frequencies to means along one axis, `count` of which may be other than 0.
static inline INLINED void transform(const vector *in, int step, int count, vector *out,
                                     int out_step, const float (*weights)[8], int pixels) {
  for (int j = 0; j < pixels / 2; j++) {
    vector even = in[0] * weights[j][0], odd = {0};
    for (int k = 1; k < count; k += 2) odd += in[k * step] * weights[j][k];
    for (int k = 2; k < count; k += 2) even += in[k * step] * weights[j][k];
    out[j * out_step] = even + odd;
    out[(pixels - 1 - j) * out_step] = even - odd;
  }
}

// Rows and columns that coefficients up to one of the code's order can lie in.
static int reach(int last) {
  static const uint8_t table[64] = {1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6,
                                    6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7};
  return last < 28 ? table[last] : 8;
}

// `pixels` x `pixels` means of each block, 0 to 255 but for rounding.
static inline INLINED void reduce(const block_row *from, const uint16_t *quantizer, int pixels,
                          vector *means) {
  vector values[64], columns[8 * 4];
  int count = reach(from->last);
  const float (*weights)[8] = pixels == 4 ? means_of_two : means_of_four;
  if (pixels == 1) count = 1;
  for (int v = 0; v < count; v++) {
    for (int u = 0; u < count; u++) {
      short_vector stored;
      memcpy(&stored, from->coefficients[8 * v + u], sizeof stored);
      values[8 * v + u] = __builtin_convertvector(stored, vector) * (float)quantizer[8 * v + u];
    }
  }
  if (pixels == 1) {
    means[0] = values[0] * 0.125f;
    return;
  }
  for (int u = 0; u < count; u++) {
    transform(values + u, 8, count, columns + u, 8, weights, pixels);
  }
  for (int y = 0; y < pixels; y++) {
    transform(columns + 8 * y, 1, count, means + pixels * y, 1, weights, pixels);
  }
}

// Blocks of luma and the two of chroma become pixels, one of each block side by side, a byte too many.
static inline INLINED void color(const vector *luma, const vector *blue, const vector *red,
                                 int pixels, int_vector *out) {
  for (int at = 0; at < pixels * pixels; at++) {
    vector light = luma[at] + 128.5f, b = blue[at], r = red[at], zero = {0};
    vector channels[3] = {light + 1.402f * r, light - 0.344136286f * b - 0.714136286f * r,
                          light + 1.772f * b};
    out[at] = (int_vector){0};
    for (int c = 0; c < 3; c++) {
      vector cut = __builtin_elementwise_min(channels[c], zero + 255);
      cut = __builtin_elementwise_max(cut, zero);
      out[at] |= __builtin_convertvector(cut, int_vector) << (8 * c);
    }
  }
}

typedef struct {
  uint8_t *rgb;
  int width, height, pixels;
} picture;

// The pixels of some blocks, but for those outside the picture.
static inline INLINED void store(const picture *p, const int_vector *colors, int pixels, int x,
                                 int y, int count) {
  int columns = p->width - x < count * pixels ? p->width - x : count * pixels;
  int rows = p->height - y < pixels ? p->height - y : pixels;
  for (int row = 0; row < rows; row++) {
    uint8_t *to = p->rgb + ((size_t)(y + row) * (size_t)p->width + (size_t)x) * 3;
    int32_t line[lanes * 4];
    for (int i = 0; i < lanes; i++) {
      for (int j = 0; j < pixels; j++) line[i * pixels + j] = colors[row * pixels + j][i];
    }
    // The byte too many is the next pixel's, but for the last.
    for (int i = 0; i < columns - 1; i++, to += 3) memcpy(to, line + i, 4);
    memcpy(to, line + columns - 1, 3);
  }
}

static inline INLINED void decode_blocks(const frame *f, reader *state, const picture *p, int pixels) {
  reader local = *state, *r = &local;  // Its own, so that it stays in registers.
  int levels[3] = {0};
  int across = (f->width + 7) / 8, down = (f->height + 7) / 8;
  block_row rows[3];
  vector means[3][16];
  int_vector colors[16];
  for (int y = 0; y < down && !r->is_bad; y++) {
    for (int x = 0; x < across; x += lanes) {
      int count = across - x < lanes ? across - x : lanes;
      memset(rows, 0, sizeof rows);
      for (int lane = 0; lane < count; lane++) {
        for (int c = 0; c < 3; c++) {
          read_block(r, &f->tables[0][f->components[c].dc], &f->tables[1][f->components[c].ac],
                     &levels[c], &rows[c], lane);
        }
      }
      if (r->is_bad || r->at > r->end + 8) return;
      for (int c = 0; c < 3; c++) {
        reduce(&rows[c], f->quantizers[f->components[c].quantizer], pixels, means[c]);
      }
      color(means[0], means[1], means[2], pixels, colors);
      store(p, colors, pixels, x * pixels, y * pixels, count);
    }
  }
  *state = local;
}

CLONES static void decode_pixels(const frame *f, reader *r, const picture *p) {
  switch (p->pixels) {
    case 4: decode_blocks(f, r, p, 4); break;
    case 2: decode_blocks(f, r, p, 2); break;
    default: decode_blocks(f, r, p, 1);
  }
}

int ci_jpeg_means(const uint8_t *data, size_t size, ci_header header, int reduction, uint8_t *rgb) {
  frame f;
  memset(&f, 0, sizeof f);
  bytes rest = {data, data + size};
  size_t count;
  if (header.orientation != 1 || ci_read_headers(&f, &rest)) return 1;
  if (f.width != header.width || f.height != header.height) return 1;
  uint8_t *code = ci_unstuffed(rest, &count);
  if (!code) return 1;
  reader r = {.at = code, .end = code + count};
  picture p = {rgb, ci_reduced(f.width, reduction), ci_reduced(f.height, reduction), 8 / reduction};
  decode_pixels(&f, &r, &p);
  // All of the code was needed, to the last byte.
  int64_t used = (r.at - code) * 8 - r.count;
  free(code);
  return r.is_bad || used > (int64_t)count * 8 || used <= (int64_t)count * 8 - 8;
}
