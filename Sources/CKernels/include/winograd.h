// Convolutions by Winograd's minimal filtering F(4×4, 3×3): 36 products give 16 outputs of a 3×3
// window, a quarter of what the plain sum takes (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2016).
//
// A 5×5 convolution of stride 2 is one of 3×3 and stride 1 once 2×2 pixels are read as one of four
// times the channels ("folded"); of its 36 taps 11 are zero, and what they lead to is left out.
//
// Images are [sample][height][width][channel]. A tile is 4×4 outputs; tiles count through rows,
// then samples. A panel is `2 · lanes` output channels, so many as the inner loop holds at once; no panel
// crosses from one folded pixel to the next.
//
// Every function runs on the calling thread and writes only what it is told to.
#ifndef CURATE_WINOGRAD_H
#define CURATE_WINOGRAD_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// What is convolved: pixels of the 3×3 convolution, after folding.
typedef struct {
  int height, width;
  int in_channels, out_channels;
  /// 1 where a pixel of that side is 2×2 of the picture in memory, which has a quarter of the
  /// channels.
  int folded_in, folded_out;
} winograd_shape;

/// Points of the transformed plane.
enum { winograd_points = 36 };

/// Input channels and tiles that one call of `multiply` works through at a time.
enum { winograd_depth_block = 64, winograd_tile_block = 64 };

/// Transformed tiles: [point][tile][channel].
typedef struct {
  float *values;
  /// Numbers from one tile, and from one point, to the next.
  ptrdiff_t tile_step, point_step;
  /// The first tile and how many there are.
  int first, count;
} winograd_tiles;

/// One build of the functions, for one kind of processor; they share nothing.
typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;
  /// Numbers in a vector. Channels must be multiples of it, and of four times it where folded.
  int lanes;

  /// Lays weights [3 or 5][3 or 5][in][out] out for `multiply`: [panel][in][9][2 · lanes], for the
  /// input channels `first ..< first + count`.
  void (*_Nonnull pack)(const winograd_shape *shape, const float *weights, int first, int count,
               float *packed);

  /// The same for the way back, from output to input: `shape` is that of the way back, the weights
  /// are those of the way forward. For one panel.
  void (*_Nonnull pack_back)(const winograd_shape *shape, const float *weights, int panel, float *packed);

  /// Tiles of 6×6 inputs, transformed.
  void (*_Nonnull transform_input)(const winograd_shape *shape, const float *image, int first, int count,
                          const winograd_tiles *tiles);

  /// out = leaky(convolution + bias) for a panel and at most `winograd_tile_block` tiles: x above 0,
  /// slope · x below, slope at most 1. No bias where it is null.
  /// `scratch`: `winograd_scratch(lanes)` numbers.
  void (*_Nonnull multiply)(const winograd_shape *shape, const float *packed, const winograd_tiles *tiles,
                   int panel, int first, int count, const float *_Nullable bias, float slope,
                   float *image, float *scratch);

  /// Tiles of 4×4 output gradients, transformed: [panel][point][tile][2 · lanes]. `total` tiles are in
  /// a panel, counted from `base`.
  void (*_Nonnull transform_gradient)(const winograd_shape *shape, const float *gradient, int base,
                             int total, int first, int count, float *transformed);

  /// The gradient of the weights [3 or 5][3 or 5][in][out] for a panel and the input channels of a
  /// block, from all tiles there are; added to what is there or not.
  void (*_Nonnull weight_gradient)(const winograd_shape *shape, const winograd_tiles *tiles,
                          const float *transformed, int panel, int block, int add,
                          float *weights, float *scratch);
} winograd_kernels;

/// The build for this processor, or one of that name: "avx512", "avx2", "generic". Null where the
/// processor cannot run it.
const winograd_kernels *_Nullable winograd_find(const char *_Nullable name);

/// Panels of output channels.
int winograd_panels(const winograd_shape *shape, int lanes);
/// Blocks of input channels, of at most `winograd_depth_block`.
int winograd_blocks(const winograd_shape *shape);
/// Numbers of scratch memory for a thread.
size_t winograd_scratch(int lanes);

#pragma clang assume_nonnull end

#endif
