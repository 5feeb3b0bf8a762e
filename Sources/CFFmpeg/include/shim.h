#ifndef CFFMPEG_SHIM_H
#define CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/dict.h>
#include <libavutil/display.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// Macros that Swift does not import.
static const int cff_error_eof = AVERROR_EOF;
static const int cff_error_again = AVERROR(EAGAIN);
static const int cff_error_invalid = AVERROR_INVALIDDATA;
static const int64_t cff_no_pts = AV_NOPTS_VALUE;

/// Makes the libraries print nothing, for the whole process.
void cff_silence(void);

/// The n-th plane of a frame.
static inline uint8_t *cff_plane(const AVFrame *frame, int index) { return frame->data[index]; }

/// Bytes from one row of the n-th plane to the next.
static inline int cff_stride(const AVFrame *frame, int index) { return frame->linesize[index]; }

/// True where the decoder says that it made up a part of the picture.
static inline int cff_is_damaged(const AVFrame *frame) {
  return frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

/// The four signs of a stream's display matrix as a, b, c, d; 0 where it has none.
int cff_display_matrix(const AVStream *stream, int32_t out[4]);

/// How many frames the index of the stream lists for showing; 0 where there is no index.
int cff_index_frames(AVStream *stream);

/// How planar pixels lie in memory: bytes a sample (1 or 2, little-endian, at most 12 bits used),
/// and whether chroma has half the columns or rows.
typedef struct {
  int bytes, chroma_shift_x, chroma_shift_y;
} cff_yuv_layout;

/// Factors for luma and for chroma at eight times its scale, and what is added at the end, which
/// includes the half that rounds.
typedef struct {
  float luma, red_cr, green_cb, green_cr, blue_cb, red, green, blue;
} cff_yuv_matrix;

/// A rectangle inside a picture.
typedef struct {
  int x, y, width, height;
} cff_region;

/// Planar luma and chroma to packed RGB rows of `region.width * 3` bytes, chroma interpolated
/// linearly, also from beyond the region. Returns 0, or a libav status.
int cff_yuv_to_rgb(const AVFrame *frame, cff_yuv_layout layout, cff_yuv_matrix matrix,
                   cff_region region, uint8_t *rgb);

/// Luma times `scale` plus `base` (with the half that rounds), a byte a pixel.
void cff_luma(const AVFrame *frame, cff_yuv_layout layout, float scale, float base, uint8_t *out);

#endif
