#include "openblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// The values of CBLAS_LAYOUT and CBLAS_TRANSPOSE in the reference header.
enum { row_major = 101, no_transpose = 111, transpose = 112 };

typedef void (*multiply_function)(int, int, int, int, int, int, float, const float *, int,
                                  const float *, int, float, float *, int);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure;
static bool was_loaded;
static multiply_function multiply;
static const char *(*core_name)(void);

static const char *library = "libopenblas.so.0";

static const char *preferred_core(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return "SkylakeX";
#endif
  return NULL;
}

// What the user says for this program, or the best the processor knows. OPENBLAS_CORETYPE itself is
// set for whole machines and containers, often to an older core, so it does not decide here.
static const char *core_choice(void) {
  const char *asked = getenv("CURATE_OPENBLAS_CORETYPE");
  return asked && *asked ? asked : preferred_core();
}

// OpenBLAS reads the variable while it is loaded; afterwards the environment is as it was.
static void *open_for(const char *core) {
  const char *variable = "OPENBLAS_CORETYPE";
  const char *set = getenv(variable);
  char *before = set ? strdup(set) : NULL;
  if (core) setenv(variable, core, 1);
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (before)
    setenv(variable, before, 1);
  else
    unsetenv(variable);
  free(before);
  return handle;
}

static void open_library(void) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  was_loaded = handle != NULL;
  if (!handle) {
    handle = open_for(core_choice());
  }
  if (!handle) {
    failure = strdup(dlerror());
    return;
  }
  multiply = (multiply_function)dlsym(handle, "cblas_sgemm");
  core_name = (const char *(*)(void))dlsym(handle, "openblas_get_corename");
  void (*set_threads)(int) = (void (*)(int))dlsym(handle, "openblas_set_num_threads");
  if (!multiply || !core_name || !set_threads) {
    multiply = NULL;
    failure = "libopenblas.so.0 lacks cblas_sgemm or its own controls";
    return;
  }
  set_threads(1);
}

const char *openblas_open(void) {
  pthread_once(&once, open_library);
  return failure;
}

const char *openblas_core(void) { return multiply ? core_name() : NULL; }

bool openblas_was_loaded(void) { return was_loaded; }

void openblas_multiply(bool transpose_a, bool transpose_b, int rows, int columns, int depth,
                       float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                       float *c, int ldc) {
  multiply(row_major, transpose_a ? transpose : no_transpose,
           transpose_b ? transpose : no_transpose, rows, columns, depth, alpha, a, lda, b, ldb,
           beta, c, ldc);
}
