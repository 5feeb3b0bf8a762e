// OpenBLAS, opened at run time.
//
// OpenBLAS picks its kernels when it is loaded, and can be told which by the environment, but only
// before: hence dlopen, and not the linker. OPENBLAS_CORETYPE is often set for a whole machine or
// container, so CURATE_OPENBLAS_CORETYPE decides here, and without it the processor does. Where
// another library has brought OpenBLAS along (dlib does), its kernels stay as they are.
#ifndef CURATE_OPENBLAS_H
#define CURATE_OPENBLAS_H

#include <stdbool.h>

/// Opens the library, once for the process, and sets it to one thread: callers run their own.
/// Null when it is ready, else why it is not.
const char *openblas_open(void);

/// The kernels it runs, such as "SkylakeX"; null before a successful `openblas_open`.
const char *openblas_core(void);

/// True when something else had loaded the library before, so that its kernels were chosen by
/// OPENBLAS_CORETYPE or its own detection.
bool openblas_was_loaded(void);

/// C[rows × columns] = alpha · op(A) · op(B) + beta · C, row by row, on the calling thread.
/// op(A) is rows × depth, op(B) is depth × columns; `lda`, `ldb`, `ldc` are the distances
/// between rows as stored. Needs a successful `openblas_open`.
void openblas_multiply(bool transpose_a, bool transpose_b, int rows, int columns, int depth,
                       float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                       float *c, int ldc);

#endif
