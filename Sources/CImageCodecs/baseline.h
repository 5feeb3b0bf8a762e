// What the two parts of the decoder of plain JPEGs share; see baseline.c.
#ifndef BASELINE_H
#define BASELINE_H

#include "image_codecs.h"

enum {
  peek = 11,        // Bits that are looked up at once.
  lanes = 8,        // Blocks that are transformed at once.
  // Bytes that the blocks of a row can take, 27 bits a symbol at most, and that a refill looks ahead.
  longest_row = lanes * 3 * 64 * 27 / 8 + 32,
  incomplete = 128,
  past_block = 128  // Further than any coefficient: the end of a block.
};

// A symbol with the bits that follow it: value << 16 | places to advance << 8 | bits in all.
// Without a number of bits it is not in the table; with this mark its bits are not.
typedef struct {
  int32_t symbols[1 << peek];
  uint8_t values[256];
  int first_code[17], first_value[17], counts[17];
  int is_ac, is_set;
} huffman;

typedef struct {
  const uint8_t *at, *end;
} bytes;

typedef struct {
  int width, height;
  huffman tables[2][2];  // DC and AC.
  uint16_t quantizers[4][64];
  int has_quantizers[4];
  struct {
    int id, quantizer, dc, ac;
  } components[3];
} frame;

// Where the coefficients go in the order of the code, by rows; those behind the last all go behind.
extern const uint8_t ci_places[64 + past_block];

// A symbol together with its bits, which are at the top of `bits`, for those that the table has not
// whole; 0 when there is no such symbol.
int32_t ci_symbol(const huffman *table, int32_t found, uint64_t bits);

// Everything up to the entropy code; what is left of `data` is the code. Not 0 for what is not plain.
int ci_read_headers(frame *f, bytes *data);

// The code without the zeros after its 0xFF, and zeros behind, to be freed; null unless it ends the
// picture.
uint8_t *ci_unstuffed(bytes data, size_t *size);

#endif
