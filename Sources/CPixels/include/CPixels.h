// Inner loops over pixels that the compiler turns into vector code, once for the machines of today
// and once for all others. Neither version has fused multiply-add, so both give the same bytes.
#ifndef CPIXELS_H
#define CPIXELS_H

#include <stddef.h>
#include <stdint.h>

/// Adds `weight` times each byte to `sums`.
void cpx_add(const uint8_t *line, float weight, float *sums, size_t count);

/// Weighted sums of neighbours: output x is made from `width` inputs from `starts[x]` on, with the
/// weights from `width * x` on. `channels` is 1 or 3.
void cpx_weigh(const float *line, const int32_t *starts, const float *weights, int width,
               int channels, uint8_t *out, size_t count);

/// Luma of RGB pixels, with the weights of BT.601 in 256ths.
void cpx_luma(const uint8_t *rgb, uint8_t *luma, size_t count);

/// RGB pixels of a result row, each one bilinear sample of a `width` x `height` picture: the first
/// at (x, y), counted in pixel indices, each next one a step further. Outside lies black, or the
/// nearest pixel of the edge if `replicates`.
void cpx_sample(const uint8_t *rgb, int width, int height, float x, float y, float step_x,
                float step_y, int replicates, uint8_t *out, int count);

/// Means of four neighbours: one for every corner of the pixels of a `width` x `height` picture, so
/// (width + 1) x (height + 1) of them. The pixels of the edge go on outside.
void cpx_corners(const uint8_t *rgb, int width, int height, uint8_t *out);

/// Which place of a picture every pixel of a square shows, both counted in pixels:
/// (a x + b y + tx, c x + d y + ty) of the pixel's centre, in pixel indices of the picture, after it
/// was moved by `moves`: pairs at the nodes of a grid of `cells` x `cells` over the square, bilinear
/// between them. Null moves nothing.
typedef struct {
  float a, b, tx, c, d, ty;
  const float *moves;
  int cells;
} cpx_map;

/// What becomes of a colour: first away from its luma `saturation` times as far, then each channel
/// times its gain, then cut to 0 to 1. Nothing when `changes` is 0.
typedef struct {
  float red, green, blue, saturation;
  int changes;
} cpx_tone;

/// A square of `side` pixels seen through `map`, as three planes of floats, 0 to 1: one bilinear
/// sample a pixel of a picture of at least 2 x 2, whose edge goes on outside. Two bytes after the
/// picture's last are read.
void cpx_view(const uint8_t *rgb, int width, int height, const cpx_map *map, const cpx_tone *tone,
              int side, float *planes);

/// The product of a row of `length` floats with each of `count` rows that follow one another. Both
/// versions add in the same order.
void cpx_products(const float *row, const float *rows, size_t length, size_t count, float *out);

/// Which of `count` codes of 256 bits differ from `code` in at most `limit` bits: their places go to
/// `found`, which has room for one more than `count`, in order; returns how many. The codes lie in
/// four planes, one for each of their words, `stride` words apart.
size_t cpx_near(const uint64_t *planes, size_t stride, const uint64_t *code, size_t count,
                int limit, uint32_t *found);

/// Sums over pixels of the products of derivatives of luma, each taken over 3 x 3 pixels: the first,
/// in eighths of a step a pixel (xx, xy, yy), and the second, in quarters (xx·xx, xx·xy, xy·xy, xx·yy,
/// xy·yy, yy·yy). `rough` counts how far the fourth derivative xxyy is from 0, in steps.
typedef struct {
  int64_t count, first[3], second[6];
  uint32_t rough[2041];
} cpx_texture;

/// Adds the pixels `first` to `last` of row `y`; those around them are read.
void cpx_add_texture(const uint8_t *luma, int width, int first, int last, int y,
                     cpx_texture *sums);

/// Adds how far the pixels `first` to `last` of row `y` are from the mean of the rows beside it, and of
/// those two away, in half steps. Two rows above and below are read.
void cpx_add_comb(const uint8_t *luma, int width, int first, int last, int y, int64_t *near,
                  int64_t *far);

/// Adds how much more luma steps on its way into each column and row than beside it, in half steps,
/// to the one of eight sums that the column's and the row's number ends in. Pixels two before and one
/// after are read.
void cpx_add_blocks(const uint8_t *luma, int width, int first, int last, int top, int bottom,
                    int64_t *across, int64_t *down);

/// Has the allocator keep up to 256 MB that were freed, and pieces of up to 32 MB among them.
void cpx_keep_memory(void);

#endif
