// For AVX-512: 28 of the 32 registers hold sums.
#if defined(__x86_64__)
#include <stddef.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#define LANES 16
#define ROWS 14
#define NAME "avx512"
#define TABLE winograd_avx512
#include "winograd_body.h"
#pragma clang attribute pop
#endif
