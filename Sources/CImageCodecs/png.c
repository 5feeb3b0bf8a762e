#include "image_codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

enum { max_side = 65500, max_chunk = 16 << 20 };

typedef struct {
  const uint8_t *data;
  size_t size, at;
} source;

typedef struct {
  uint8_t *bytes;
  size_t size, capacity;
} sink;

static void fail(png_structp png, png_const_charp text) {
  snprintf(png_get_error_ptr(png), ci_message_length, "%s", text);
  longjmp(png_jmpbuf(png), 1);
}

// libpng warns of odd colour profiles and the like; damage of the picture itself is an error.
static void ignore(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void pull(png_structp png, png_bytep out, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->size - from->at) png_error(png, "premature end of the data");
  memcpy(out, from->data + from->at, count);
  from->at += count;
}

static void push(png_structp png, png_bytep bytes, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (count > to->capacity - to->size) {
    size_t capacity = (to->size + count) * 2;
    uint8_t *grown = realloc(to->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    to->bytes = grown;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->size, bytes, count);
  to->size += count;
}

static void flush(png_structp png) { (void)png; }

static void open_reader(png_structp png, png_infop info, source *from, ci_header *header) {
  png_set_read_fn(png, from, pull);
  png_set_user_limits(png, max_side, max_side);
  png_set_chunk_malloc_max(png, max_chunk);
  png_read_info(png, info);
  header->width = (int)png_get_image_width(png, info);
  header->height = (int)png_get_image_height(png, info);
  header->orientation = 1;
}

int ci_png_header(const uint8_t *data, size_t size, ci_header *header, char *message) {
  message[0] = 0;
  source from = {data, size, 0};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!png) return -1;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return -1;
  }
  open_reader(png, info, &from, header);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

static void ask_for_rgb(png_structp png, png_infop info) {
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

int ci_png_decode(const uint8_t *data, size_t size, ci_header header, uint8_t *rgb,
                  char *message) {
  message[0] = 0;
  source from = {data, size, 0};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!png) return -1;
  png_infop info = png_create_info_struct(png);
  png_bytep *volatile rows = malloc((size_t)header.height * sizeof(png_bytep));
  if (!info || !rows || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    return -1;
  }
  ci_header found;
  open_reader(png, info, &from, &found);
  ask_for_rgb(png, info);
  size_t stride = (size_t)header.width * 3;
  if (found.width != header.width || found.height != header.height ||
      png_get_rowbytes(png, info) != stride) {
    png_error(png, "the picture does not come out as RGB of the size in its header");
  }
  for (int y = 0; y < header.height; y++) rows[y] = rgb + stride * (size_t)y;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
  return 0;
}

static int is_ascii(const char *text) {
  for (; *text; text++) {
    if ((unsigned char)*text >= 0x80) return 0;
  }
  return 1;
}

static void write_text(png_structp png, png_infop info, const char *key, const char *value) {
  png_text text;
  memset(&text, 0, sizeof text);
  int ascii = is_ascii(value);
  text.compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
  text.key = (png_charp)key;
  text.text = (png_charp)value;
  if (ascii) {
    text.text_length = strlen(value);
  } else {
    text.itxt_length = strlen(value);
    text.lang = (png_charp) "";
    text.lang_key = (png_charp) "";
  }
  png_set_text(png, info, &text, 1);
}

int ci_png_encode(const uint8_t *rgb, int width, int height, int level, const char *const *texts,
                  int text_count, uint8_t **out, size_t *out_size, char *message) {
  message[0] = 0;
  volatile sink to = {NULL, 0, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, fail);
  if (!png) return -1;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(to.bytes);
    return -1;
  }
  png_set_write_fn(png, (sink *)&to, push, flush);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  for (int i = 0; i < text_count; i++) write_text(png, info, texts[2 * i], texts[2 * i + 1]);
  png_write_info(png, info);
  for (int y = 0; y < height; y++) {
    png_write_row(png, rgb + (size_t)y * (size_t)width * 3);
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  *out = to.bytes;
  *out_size = to.size;
  return 0;
}
