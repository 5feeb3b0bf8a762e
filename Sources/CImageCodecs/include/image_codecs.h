#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// libjpeg and libpng behind plain functions. Their longjmp stays inside, their messages come back
// in `message`, and nothing is printed. Every function returns 0 when all went well.

enum { ci_message_length = 200 };

/// Pixels as stored; `orientation` is the EXIF value, 1 to 8, 1 when there is none.
typedef struct {
  int width, height;
  int orientation;
} ci_header;

int ci_jpeg_header(const uint8_t *data, size_t size, ci_header *header, char *message);

/// Pixels along a side that has `length` of them, when every `reduction` become one.
int ci_reduced(int length, int reduction);

/// A picture `reduction` times smaller than stored, 1, 2, 4 or 8. `rgb` holds the reduced width * height * 3 bytes.
int ci_jpeg_decode(const uint8_t *data, size_t size, ci_header header, int reduction, uint8_t *rgb,
                   char *message);

/// `*out` is to be freed with `ci_free`. `full_chroma` keeps 4:4:4, else 4:2:0.
int ci_jpeg_encode(const uint8_t *rgb, int width, int height, int quality, int full_chroma,
                   uint8_t **out, size_t *out_size, char *message);

int ci_png_header(const uint8_t *data, size_t size, ci_header *header, char *message);

/// `rgb` holds width * height * 3 bytes as the header says. Alpha is dropped, 16 bits become 8.
int ci_png_decode(const uint8_t *data, size_t size, ci_header header, uint8_t *rgb, char *message);

/// `texts` holds `text_count` pairs of UTF-8 strings: keyword, text. ASCII goes to tEXt, the rest
/// to iTXt. `level` is zlib's, 0 to 9.
int ci_png_encode(const uint8_t *rgb, int width, int height, int level,
                  const char *const *texts, int text_count, uint8_t **out, size_t *out_size,
                  char *message);

void ci_free(uint8_t *bytes);

#endif
