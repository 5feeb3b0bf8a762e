#include "CPixels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

enum { lanes = 8 };

static inline __attribute__((always_inline)) int ones(uint64_t word) {
  return __builtin_popcountll(word);
}

// Codes that are far apart are so in their first half already: the second is looked at for few.
CLONES static size_t near_any(const uint64_t *planes, size_t stride, const uint64_t *code,
                              size_t count, int limit, uint32_t *found) {
  size_t hits = 0, i = 0;
  uint64_t a = code[0], b = code[1], c = code[2], d = code[3], most = (uint64_t)limit;
  const uint64_t *first = planes, *second = first + stride;
  const uint64_t *third = second + stride, *fourth = third + stride;
  for (; i + lanes <= count; i += lanes) {
    uint64_t half[lanes], near = 0;
    for (size_t k = 0; k < lanes; k++) {
      half[k] = (uint64_t)ones(first[i + k] ^ a) + (uint64_t)ones(second[i + k] ^ b);
      near |= half[k] <= most;
    }
    if (!near) continue;
    for (size_t k = 0; k < lanes; k++) {
      int sum = (int)half[k] + ones(third[i + k] ^ c) + ones(fourth[i + k] ^ d);
      found[hits] = (uint32_t)(i + k);
      hits += sum <= limit;
    }
  }
  for (; i < count; i++) {
    int sum = ones(first[i] ^ a) + ones(second[i] ^ b) + ones(third[i] ^ c) + ones(fourth[i] ^ d);
    found[hits] = (uint32_t)i;
    hits += sum <= limit;
  }
  return hits;
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f,avx512vpopcntdq")))

WIDE static inline __m512i different(__m512i word, const uint64_t *plane, __mmask8 there) {
  return _mm512_popcnt_epi64(_mm512_xor_si512(word, _mm512_maskz_loadu_epi64(there, plane)));
}

WIDE static size_t near_wide(const uint64_t *planes, size_t stride, const uint64_t *code,
                             size_t count, int limit, uint32_t *found) {
  size_t hits = 0;
  __m512i a = _mm512_set1_epi64((long long)code[0]), b = _mm512_set1_epi64((long long)code[1]);
  __m512i c = _mm512_set1_epi64((long long)code[2]), d = _mm512_set1_epi64((long long)code[3]);
  __m512i most = _mm512_set1_epi64(limit);
  for (size_t i = 0; i < count; i += lanes, planes += lanes) {
    __mmask8 there = (__mmask8)(count - i >= lanes ? 0xff : (1u << (count - i)) - 1);
    __m512i sum = _mm512_add_epi64(different(a, planes, there), different(b, planes + stride, there));
    __mmask8 near = _mm512_mask_cmple_epu64_mask(there, sum, most);
    if (!near) continue;
    sum = _mm512_add_epi64(sum, _mm512_add_epi64(different(c, planes + 2 * stride, near),
                                                 different(d, planes + 3 * stride, near)));
    near = _mm512_mask_cmple_epu64_mask(near, sum, most);
    for (unsigned left = near; left; left &= left - 1) {
      found[hits++] = (uint32_t)(i + (size_t)__builtin_ctz(left));
    }
  }
  return hits;
}
#endif

size_t cpx_near(const uint64_t *planes, size_t stride, const uint64_t *code, size_t count,
                int limit, uint32_t *found) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vpopcntdq")) {
    return near_wide(planes, stride, code, count, limit, found);
  }
#endif
  return near_any(planes, stride, code, count, limit, found);
}
