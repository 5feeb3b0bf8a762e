// The kernels that PyTorch has not: what lies between two convolutions, structure's likeness, the
// update.
//
// Compiled for the GPU that is there, with WIDE for 32-bit floats between layers and without it for
// bfloat16. Pictures are `[samples, height, width, channels]`, planes `[planes, height, width]`.
#ifndef KERNEL
#define KERNEL extern "C" __global__
#define SHARED(name) extern __shared__ float name[]
#endif

#ifdef WIDE
typedef float Number;
__device__ float wide(float x) { return x; }
__device__ float narrow(float x) { return x; }
#else
typedef unsigned short Number;
__device__ float wide(unsigned short x) { return __uint_as_float((unsigned)x << 16); }
__device__ unsigned short narrow(float x) {
#if __CUDA_ARCH__ >= 800
  unsigned short result;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result) : "f"(x));
  return result;
#else
  if (x != x) return 0x7fc0;
  unsigned bits = __float_as_uint(x);
  return (unsigned short)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
#endif
}
#endif

template <class T, int count>
struct __align__(sizeof(T) * count) Vector {
  T at[count];
};

template <int count, class T>
__device__ Vector<T, count> load(const T *from) {
  return *(const Vector<T, count> *)from;
}

// Adds a bias and perhaps another tensor, applies a leaky rectifier, and makes pixels of channels:
// channel (dy * factor + dx) * channels + c of `raw` becomes pixel (dy, dx) of channel c. `height`
// of all samples and `width` are those of what it makes; `raw` may be `out` when the factor is 1.
template <int count>
__device__ void finish(const Number *raw, const float *bias, const Number *other, Number *out,
                       unsigned channels, unsigned width, unsigned factor, float slope,
                       unsigned vectors) {
  unsigned place = blockIdx.x * blockDim.x + threadIdx.x;
  if (place >= vectors) return;
  unsigned across = channels / count, pixel = place / across,
           channel = (place - pixel * across) * count;
  unsigned group = 0;
  size_t from = (size_t)place * count;
  if (factor > 1) {
    unsigned row = pixel / width, column = pixel - row * width;
    unsigned y = row / factor, x = column / factor;
    group = (row - y * factor) * factor + column - x * factor;
    from = (((size_t)y * (width / factor) + x) * factor * factor + group) * channels + channel;
  }
  auto values = load<count>(raw + from);
  auto shift = load<count>(bias + group * channels + channel);
  Vector<Number, count> added, result;
  if (other) added = load<count>(other + (size_t)place * count);
  for (int i = 0; i < count; i++) {
    float x = wide(values.at[i]) + shift.at[i];
    if (other) x += wide(added.at[i]);
    result.at[i] = narrow(x > 0 ? x : slope * x);
  }
  *(Vector<Number, count> *)(out + (size_t)place * count) = result;
}

// The way back: from the slopes in `out`, in one or two parts, to those in `raw`, and to the sum of
// each channel of `raw` over the pixels of a block, `[blocks, channels of raw]`.
template <int count>
__device__ void unfinish(const Number *first, const Number *second, const Number *out, Number *raw,
                         float *sums, unsigned channels, unsigned width, unsigned factor,
                         float slope, unsigned pixels, unsigned lanes) {
  SHARED(shared);
  unsigned across = factor * factor * channels / count;
  unsigned rows = blockDim.x / lanes, row = threadIdx.x / lanes;
  unsigned lane = blockIdx.y * lanes + threadIdx.x - row * lanes;
  float sum[count];
  for (int i = 0; i < count; i++) sum[i] = 0;
  if (lane < across) {
    unsigned group = lane * count / channels, channel = lane * count - group * channels;
    unsigned dy = group / factor, dx = group - dy * factor, inner = width / factor;
    for (unsigned pixel = blockIdx.x * rows + row; pixel < pixels; pixel += gridDim.x * rows) {
      size_t to = ((size_t)pixel * across + lane) * count, from = to;
      if (factor > 1) {
        unsigned y = pixel / inner, x = pixel - y * inner;
        from = (((size_t)y * factor + dy) * width + x * factor + dx) * channels + channel;
      }
      auto slopes = load<count>(first + from);
      Vector<Number, count> more, made, result;
      if (second) more = load<count>(second + from);
      if (slope != 1) made = load<count>(out + from);
      for (int i = 0; i < count; i++) {
        float x = wide(slopes.at[i]);
        if (second) x += wide(more.at[i]);
        if (slope != 1 && !(wide(made.at[i]) > 0)) x *= slope;
        result.at[i] = narrow(x);
        sum[i] += x;
      }
      *(Vector<Number, count> *)(raw + to) = result;
    }
  }
  for (int i = 0; i < count; i++) shared[threadIdx.x * count + i] = sum[i];
  __syncthreads();
  if (row > 0 || lane >= across) return;
  for (int i = 0; i < count; i++) {
    float total = 0;
    for (unsigned r = 0; r < rows; r++) total += shared[(r * lanes + threadIdx.x) * count + i];
    sums[((size_t)blockIdx.x * across + lane) * count + i] = total;
  }
}

#define WIDTHS(count)                                                                              \
  KERNEL void finish_##count(const Number *raw, const float *bias, const Number *other,            \
                             Number *out, unsigned channels, unsigned width, unsigned factor,      \
                             float slope, unsigned vectors) {                                      \
    finish<count>(raw, bias, other, out, channels, width, factor, slope, vectors);                 \
  }                                                                                                \
  KERNEL void unfinish_##count(const Number *first, const Number *second, const Number *out,       \
                               Number *raw, float *sums, unsigned channels, unsigned width,        \
                               unsigned factor, float slope, unsigned pixels, unsigned lanes) {    \
    unfinish<count>(first, second, out, raw, sums, channels, width, factor, slope, pixels, lanes); \
  }
WIDTHS(1)
WIDTHS(2)
WIDTHS(4)
#ifndef WIDE
WIDTHS(8)
#endif

// Adds the sums of all blocks to a bias's gradient.
KERNEL void add_sums(const float *sums, float *gradient, unsigned blocks, unsigned channels) {
  unsigned channel = blockIdx.x * 32 + threadIdx.x;
  __shared__ float shared[8][32];
  float sum = 0;
  if (channel < channels)
    for (unsigned block = threadIdx.y; block < blocks; block += 8)
      sum += sums[(size_t)block * channels + channel];
  shared[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y > 0 || channel >= channels) return;
  for (int i = 1; i < 8; i++) sum += shared[i][threadIdx.x];
  gradient[channel] += sum;
}

// Adam or AdaBelief; clears the gradient. `length` is the gradient's, `chance` of each weight 0 to
// 1; both may be null. The weights' copy for products goes to `copy`, unless it is null.
KERNEL void update(float4 *weights, float4 *gradients, float4 *means, float4 *variances,
                   ushort4 *copy, const float *length, const float4 *chance, float clip, float rate,
                   float mean_decay, float variance_decay, float epsilon, float kept, int believes,
                   size_t vectors) {
  size_t place = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
  if (place >= vectors) return;
  float share = length && *length > clip ? clip / *length : 1;
  float4 w4 = weights[place], g4 = gradients[place], m4 = means[place], v4 = variances[place];
  float4 c4 = chance ? chance[place] : float4{0, 0, 0, 0};
  float *w = &w4.x, *g = &g4.x, *m = &m4.x, *v = &v4.x, *c = &c4.x;
  for (int i = 0; i < 4; i++) {
    float slope = g[i] * share;
    m[i] = m[i] * mean_decay + slope * (1 - mean_decay);
    float surprise = believes ? slope - m[i] : slope;
    v[i] = v[i] * variance_decay + surprise * surprise * (1 - variance_decay);
    if (!chance || c[i] < kept) w[i] -= rate * m[i] / (sqrtf(v[i]) + epsilon);
  }
  weights[place] = w4;
  gradients[place] = float4{0, 0, 0, 0};
  means[place] = m4;
  variances[place] = v4;
#ifndef WIDE
  if (copy) copy[place] = ushort4{narrow(w[0]), narrow(w[1]), narrow(w[2]), narrow(w[3])};
#endif
}

// Structure: the means of x, y, x² + y² and x·y in windows along each row, `[4, planes, side,
// across]`.
KERNEL void row_means(const float *x, const float *y, const float *bell, float *means,
                      unsigned side, unsigned across, unsigned taps, size_t count) {
  size_t place = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
  if (place >= count) return;
  size_t row = place / across, from = row * side + (place - row * across);
  float sums[4] = {0, 0, 0, 0};
  for (unsigned tap = 0; tap < taps; tap++) {
    float weight = bell[tap], a = x[from + tap], b = y[from + tap];
    sums[0] += weight * a;
    sums[1] += weight * b;
    sums[2] += weight * (a * a + b * b);
    sums[3] += weight * a * b;
  }
  for (int i = 0; i < 4; i++) means[i * count + place] = sums[i];
}

// The same along each column; from there the weighed dissimilarity of each window, and its slopes
// in the means of x, of x² + y² and of x·y: `values` `[planes, across, across]` and `slopes` `[3,
// planes, across, across]`. `weights` are those of the middles, `[samples, across, across]`, for
// three planes a sample.
KERNEL void structure(const float *means, const float *bell, const float *weights, float *values,
                      float *slopes, unsigned side, unsigned across, unsigned taps, size_t count) {
  size_t place = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
  if (place >= count) return;
  size_t area = (size_t)across * across, plane = place / area, inside = place - plane * area;
  size_t step = count / across * side, from = plane * side * across + inside;
  float sums[4] = {0, 0, 0, 0};
  for (unsigned tap = 0; tap < taps; tap++) {
    float weight = bell[tap];
    for (int i = 0; i < 4; i++) sums[i] += weight * means[i * step + from + (size_t)tap * across];
  }
  const float c1 = 0.01f * 0.01f, c2 = 0.03f * 0.03f;
  float mx = sums[0], my = sums[1], squares = mx * mx + my * my;
  float a1 = 2 * mx * my + c1, a2 = 2 * (sums[3] - mx * my) + c2;
  float b1 = squares + c1, b2 = sums[2] - squares + c2, share = 1 / (b1 * b2);
  float likeness = a1 * a2 * share, weight = weights[plane / 3 * area + inside];
  values[place] = weight * (1 - likeness);
  float product = 2 * a1 * share, square = -likeness * b1 * share;
  slopes[place] = -weight * (2 * my * a2 * share - likeness * 2 * mx * b2 * share - product * my -
                             square * 2 * mx);
  slopes[count + place] = -weight * square;
  slopes[2 * count + place] = -weight * product;
}

// The way back along the columns: `[3, planes, side, across]`.
KERNEL void column_slopes(const float *slopes, const float *bell, float *out, unsigned side,
                          unsigned across, unsigned taps, size_t count) {
  size_t place = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
  if (place >= count) return;
  size_t area = (size_t)side * across, plane = place / area, inside = place - plane * area;
  int row = (int)(inside / across), column = (int)(inside - (size_t)row * across);
  size_t step = count / side * across, from = plane * across * across + column;
  float sums[3] = {0, 0, 0};
  for (int tap = max(0, row - (int)across + 1); tap < min((int)taps, row + 1); tap++) {
    float weight = bell[tap];
    for (int i = 0; i < 3; i++)
      sums[i] += weight * slopes[i * step + from + (size_t)(row - tap) * across];
  }
  for (int i = 0; i < 3; i++) out[i * count + place] = sums[i];
}

// And along the rows, to the slope in x.
KERNEL void row_slopes(const float *slopes, const float *x, const float *y, const float *bell,
                       float *out, unsigned side, unsigned across, unsigned taps, size_t count) {
  size_t place = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
  if (place >= count) return;
  size_t row = place / side, step = count / side * across, from = row * across;
  int column = (int)(place - row * side);
  float sums[3] = {0, 0, 0};
  for (int tap = max(0, column - (int)across + 1); tap < min((int)taps, column + 1); tap++) {
    float weight = bell[tap];
    for (int i = 0; i < 3; i++) sums[i] += weight * slopes[i * step + from + (column - tap)];
  }
  out[place] = sums[0] + 2 * x[place] * sums[1] + y[place] * sums[2];
}
