// The headers of plain JPEGs, their tables, and their code as bytes; see baseline.c.
#include "baseline.h"

#include <stdlib.h>
#include <string.h>

const uint8_t ci_places[64 + past_block] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    [64 ... 63 + past_block] = 64};

// The number that `size` bits stand for.
static int extended(int extra, int size) {
  return size > 0 && extra < 1 << (size - 1) ? extra - (1 << size) + 1 : extra;
}

// 0 for a symbol that a baseline picture has not.
static int32_t entry(int symbol, int extra, int length, int is_ac) {
  int size = symbol & 15, run = symbol >> 4, advance = is_ac ? run + 1 : 0;
  if (is_ac ? size > 10 : symbol > 11) return 0;
  if (is_ac && size == 0) {
    if (run != 0 && run != 15) return 0;
    advance = run == 0 ? past_block : 16;
  }
  return (int32_t)((uint32_t)extended(extra, size) << 16) | advance << 8 | (length + size);
}

static int fill(huffman *table) {
  memset(table->symbols, 0, sizeof table->symbols);
  int code = 0, value = 0;
  for (int length = 1; length <= 16; length++, code <<= 1) {
    table->first_code[length] = code;
    table->first_value[length] = value;
    for (int i = 0; i < table->counts[length]; i++, code++, value++) {
      if (code >= 1 << length) return -1;
      int symbol = table->values[value], size = symbol & 15;
      if (!table->is_ac && symbol > 15) return -1;
      int rest = peek - length - size;
      if (rest < 0) {
        // Its bits have no room, but maybe itself.
        if (length > peek) continue;
        int from = code << (peek - length), count = 1 << (peek - length);
        for (int j = 0; j < count; j++) {
          table->symbols[from + j] = symbol << 8 | incomplete | length;
        }
        continue;
      }
      for (int extra = 0; extra < 1 << size; extra++) {
        int32_t found = entry(symbol, extra, length, table->is_ac);
        int from = (code << size | extra) << rest;
        for (int j = 0; j < 1 << rest; j++) table->symbols[from + j] = found;
      }
    }
  }
  table->is_set = 1;
  return 0;
}

static int read_tables(frame *f, bytes b) {
  while (b.at < b.end) {
    if (b.end - b.at < 17 || b.at[0] & 0xEE) return -1;
    huffman *table = &f->tables[b.at[0] >> 4][b.at[0] & 1];
    table->is_ac = b.at[0] >> 4;
    int total = 0;
    for (int i = 1; i <= 16; i++) total += table->counts[i] = b.at[i];
    if (total > 256 || b.end - b.at < 17 + total) return -1;
    memcpy(table->values, b.at + 17, (size_t)total);
    if (fill(table)) return -1;
    b.at += 17 + total;
  }
  return 0;
}

static int read_quantizers(frame *f, bytes b) {
  for (; b.at < b.end; b.at += 65) {
    if (b.end - b.at < 65 || b.at[0] > 3) return -1;
    f->has_quantizers[b.at[0]] = 1;
    for (int i = 0; i < 64; i++) f->quantizers[b.at[0]][ci_places[i]] = b.at[1 + i];
  }
  return 0;
}

static int read_frame(frame *f, bytes b) {
  if (f->width || b.end - b.at != 15 || b.at[0] != 8 || b.at[5] != 3) return -1;
  f->height = b.at[1] << 8 | b.at[2];
  f->width = b.at[3] << 8 | b.at[4];
  for (int i = 0; i < 3; i++) {
    const uint8_t *c = b.at + 6 + 3 * i;
    if (c[0] != i + 1 || c[1] != 0x11 || c[2] > 3) return -1;
    f->components[i].id = c[0], f->components[i].quantizer = c[2];
  }
  return f->width && f->height ? 0 : -1;
}

static int read_scan(frame *f, bytes b) {
  if (!f->width || b.end - b.at != 10 || b.at[0] != 3) return -1;
  if (b.at[7] != 0 || b.at[8] != 63 || b.at[9] != 0) return -1;
  for (int i = 0; i < 3; i++) {
    int tables = b.at[2 + 2 * i];
    if (b.at[1 + 2 * i] != f->components[i].id || tables & 0xEE) return -1;
    f->components[i].dc = tables >> 4, f->components[i].ac = tables & 1;
    if (!f->tables[0][tables >> 4].is_set || !f->tables[1][tables & 1].is_set) return -1;
    if (!f->has_quantizers[f->components[i].quantizer]) return -1;
  }
  return 0;
}

// The first version, which says that colours are YCbCr.
static int read_jfif(bytes b) {
  return b.end - b.at >= 6 && memcmp(b.at, "JFIF\0\1", 6) == 0 ? 0 : -1;
}

int ci_read_headers(frame *f, bytes *data) {
  if (data->end - data->at < 2 || data->at[0] != 0xFF || data->at[1] != 0xD8) return -1;
  data->at += 2;
  for (;;) {
    if (data->end - data->at < 4 || data->at[0] != 0xFF) return -1;
    int marker = data->at[1], length = data->at[2] << 8 | data->at[3];
    if (length < 2 || data->end - data->at < 2 + length) return -1;
    bytes body = {data->at + 4, data->at + 2 + length};
    data->at = body.end;
    int status = -1;
    switch (marker) {
      case 0xC0: status = read_frame(f, body); break;
      case 0xC4: status = read_tables(f, body); break;
      case 0xDB: status = read_quantizers(f, body); break;
      case 0xE0: status = read_jfif(body); break;
      case 0xFE: status = 0; break;
      case 0xDA: return read_scan(f, body);
    }
    if (status) return -1;
  }
}

uint8_t *ci_unstuffed(bytes data, size_t *size) {
  uint8_t *code = malloc((size_t)(data.end - data.at) + longest_row), *to = code;
  if (!code) return NULL;
  for (;;) {
    const uint8_t *mark = memchr(data.at, 0xFF, (size_t)(data.end - data.at));
    if (!mark || data.end - mark < 2 || (mark[1] != 0 && mark[1] != 0xD9)) break;
    size_t count = (size_t)(mark - data.at) + (mark[1] == 0);
    memcpy(to, data.at, count);
    to += count;
    data.at = mark + 2;
    if (mark[1] == 0) continue;
    memset(to, 0, longest_row);
    *size = (size_t)(to - code);
    return code;
  }
  free(code);
  return NULL;
}

static int32_t completed(const huffman *table, int symbol, int length, uint64_t bits) {
  int size = symbol & 15, extra = size ? (int)(bits << length >> (64 - size)) : 0;
  return entry(symbol, extra, length, table->is_ac);
}

int32_t ci_symbol(const huffman *table, int32_t found, uint64_t bits) {
  if (found) return completed(table, found >> 8, found & 31, bits);
  for (int length = 1; length <= 16; length++) {
    int place = (int)(bits >> (64 - length)) - table->first_code[length];
    if (place < 0 || place >= table->counts[length]) continue;
    return completed(table, table->values[table->first_value[length] + place], length, bits);
  }
  return 0;
}
