#include "image_codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { max_scans = 500 };

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  char *message;
} errors;

static void fail(j_common_ptr info) {
  errors *state = (errors *)info->err;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  snprintf(state->message, ci_message_length, "%s", text);
  longjmp(state->escape, 1);
}

// A warning means that the data are damaged and the library goes on with a guess.
static void warn(j_common_ptr info, int level) {
  if (level < 0) fail(info);
}

static void stay_silent(j_common_ptr info) { (void)info; }

// A few kilobytes of progressive scans can keep a decoder busy for hours.
static void limit_scans(j_common_ptr info) {
  errors *state = (errors *)info->err;
  if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > max_scans) {
    snprintf(state->message, ci_message_length, "more than %d scans", max_scans);
    longjmp(state->escape, 1);
  }
}

static struct jpeg_error_mgr *prepare(errors *state, char *message) {
  message[0] = 0;
  struct jpeg_error_mgr *base = jpeg_std_error(&state->base);
  base->error_exit = fail;
  base->emit_message = warn;
  base->output_message = stay_silent;
  state->message = message;
  return base;
}

static unsigned read16(const uint8_t *at, int little) {
  return little ? at[0] | at[1] << 8 : at[0] << 8 | at[1];
}

static uint32_t read32(const uint8_t *at, int little) {
  return little ? read16(at, 1) | (uint32_t)read16(at + 2, 1) << 16
                : (uint32_t)read16(at, 0) << 16 | read16(at + 2, 0);
}

// Tag 0x0112 of the first directory of an EXIF block; 1 when it is not there or makes no sense.
static int exif_orientation(const uint8_t *data, size_t size) {
  if (size < 14 || memcmp(data, "Exif\0\0", 6) != 0) return 1;
  const uint8_t *tiff = data + 6;
  size -= 6;
  int little = tiff[0] == 'I';
  uint32_t directory = read32(tiff + 4, little);
  if (directory > size || size - directory < 2) return 1;
  unsigned entries = read16(tiff + directory, little);
  for (unsigned i = 0; i < entries; i++) {
    size_t at = (size_t)directory + 2 + (size_t)i * 12;
    if (at + 12 > size) return 1;
    if (read16(tiff + at, little) != 0x0112) continue;
    unsigned value = read16(tiff + at + 8, little);
    return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

static int orientation(j_decompress_ptr info) {
  for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next) {
    int value = exif_orientation(marker->data, marker->data_length);
    if (value != 1) return value;
  }
  return 1;
}

int ci_jpeg_header(const uint8_t *data, size_t size, ci_header *header, char *message) {
  errors state;
  struct jpeg_decompress_struct info;
  memset(&info, 0, sizeof info);
  info.err = prepare(&state, message);
  if (setjmp(state.escape)) {
    jpeg_destroy_decompress(&info);
    return -1;
  }
  jpeg_create_decompress(&info);
  jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_mem_src(&info, data, size);
  jpeg_read_header(&info, TRUE);
  header->width = (int)info.image_width;
  header->height = (int)info.image_height;
  header->orientation = orientation(&info);
  jpeg_destroy_decompress(&info);
  return 0;
}

// Adobe stores inks inverted: 255 is no ink.
static void inks_to_rgb(const uint8_t *inks, uint8_t *rgb, int width, int inverted) {
  for (int x = 0; x < width; x++, inks += 4, rgb += 3) {
    int black = inverted ? inks[3] : 255 - inks[3];
    for (int c = 0; c < 3; c++) {
      int light = inverted ? inks[c] : 255 - inks[c];
      rgb[c] = (uint8_t)((light * black + 127) / 255);
    }
  }
}

static void read_rows(j_decompress_ptr info, uint8_t *rgb) {
  size_t stride = (size_t)info->output_width * 3;
  int inks = info->out_color_space == JCS_CMYK;
  JSAMPARRAY scratch = NULL;
  if (inks) {
    scratch = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, info->output_width * 4, 1);
  }
  while (info->output_scanline < info->output_height) {
    uint8_t *row = rgb + stride * info->output_scanline;
    if (inks) {
      jpeg_read_scanlines(info, scratch, 1);
      inks_to_rgb(scratch[0], row, (int)info->output_width, info->saw_Adobe_marker);
    } else {
      jpeg_read_scanlines(info, &row, 1);
    }
  }
}

int ci_reduced(int length, int reduction) { return (length + reduction - 1) / reduction; }

int ci_jpeg_decode(const uint8_t *data, size_t size, ci_header header, int reduction, uint8_t *rgb,
                   char *message) {
  errors state;
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
  memset(&info, 0, sizeof info);
  info.err = prepare(&state, message);
  if (setjmp(state.escape)) {
    jpeg_destroy_decompress(&info);
    return -1;
  }
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, data, size);
  jpeg_read_header(&info, TRUE);
  int inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  info.scale_num = 1;
  info.scale_denom = (unsigned)reduction;
  jpeg_start_decompress(&info);
  if ((int)info.output_width != ci_reduced(header.width, reduction) ||
      (int)info.output_height != ci_reduced(header.height, reduction)) {
    snprintf(message, ci_message_length, "the size changed between header and picture");
    longjmp(state.escape, 1);
  }
  read_rows(&info, rgb);
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return 0;
}

int ci_jpeg_encode(const uint8_t *rgb, int width, int height, int quality, int full_chroma,
                   uint8_t **out, size_t *out_size, char *message) {
  errors state;
  struct jpeg_compress_struct info;
  // libjpeg writes these through the pointers it was given, so they survive the longjmp.
  struct {
    unsigned char *bytes;
    unsigned long size;
  } volatile buffer = {NULL, 0};
  memset(&info, 0, sizeof info);
  info.err = prepare(&state, message);
  if (setjmp(state.escape)) {
    jpeg_destroy_compress(&info);
    free(buffer.bytes);
    return -1;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, (unsigned char **)&buffer.bytes, (unsigned long *)&buffer.size);
  info.image_width = (JDIMENSION)width;
  info.image_height = (JDIMENSION)height;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.comp_info[0].h_samp_factor = full_chroma ? 1 : 2;
  info.comp_info[0].v_samp_factor = full_chroma ? 1 : 2;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)(rgb + (size_t)info.next_scanline * (size_t)width * 3);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  *out = buffer.bytes;
  *out_size = buffer.size;
  return 0;
}

void ci_free(uint8_t *bytes) { free(bytes); }
