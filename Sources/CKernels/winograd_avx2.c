// For AVX2 and FMA: 12 of the 16 registers hold sums.
#if defined(__x86_64__)
#include <stddef.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define ROWS 6
#define NAME "avx2"
#define TABLE winograd_avx2
#include "winograd_body.h"
#pragma clang attribute pop
#endif
