#include "shim.h"

static void ignore(void *context, int level, const char *format, va_list arguments) {
  (void)context, (void)level, (void)format, (void)arguments;
}

void cff_silence(void) {
  av_log_set_level(AV_LOG_QUIET);
  av_log_set_callback(ignore);
}

int cff_display_matrix(const AVStream *stream, int32_t out[4]) {
  size_t size = 0;
  const int32_t *matrix =
      (const int32_t *)av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (!matrix || size < 9 * sizeof(int32_t)) return 0;
  out[0] = matrix[0], out[1] = matrix[1], out[2] = matrix[3], out[3] = matrix[4];
  return 1;
}

int cff_index_frames(AVStream *stream) {
  int count = avformat_index_get_entries_count(stream);
  int shown = 0;
  for (int i = 0; i < count; i++) {
    const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
    if (entry && !(entry->flags & AVINDEX_DISCARD_FRAME)) shown++;
  }
  return shown;
}
