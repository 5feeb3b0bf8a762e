// How channels fall into panels and blocks, none of which crosses from one folded pixel to the next.
#ifndef CURATE_WINOGRAD_SHAPE_H
#define CURATE_WINOGRAD_SHAPE_H

#include "winograd.h"

/// A run of channels of one folded pixel.
typedef struct {
  /// Which of the 2×2 pixels; 0 where nothing is folded.
  int row, column;
  /// Among the channels of the pixel in memory.
  int first;
  int count;
  /// Channels of the pixel in memory.
  int channels;
} winograd_run;

static inline int winograd_runs(int channels, int folded, int size) {
  int single = folded ? channels / 4 : channels;
  return (folded ? 4 : 1) * ((single + size - 1) / size);
}

static inline winograd_run winograd_run_at(int channels, int folded, int size, int index) {
  int single = folded ? channels / 4 : channels;
  int in_pixel = (single + size - 1) / size;
  int pixel = index / in_pixel;
  int first = index % in_pixel * size;
  int rest = single - first;
  winograd_run run = {pixel / 2, pixel % 2, first, rest < size ? rest : size, single};
  return run;
}

/// The first channel of the run, counted through the folded pixel.
static inline int winograd_run_start(winograd_run run) {
  return (run.row * 2 + run.column) * run.channels + run.first;
}

#endif
