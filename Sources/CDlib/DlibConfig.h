// Settings for dlib's headers, before any other of them is included.
//
// dlib's own configuration names BLAS and LAPACK, which nothing here calls; without this their
// libraries would have to be linked, and OpenBLAS would be started before its core can be chosen.
#ifndef CDLIB_CONFIG_H
#define CDLIB_CONFIG_H

#include <dlib/assert.h>
#include <dlib/test_for_odr_violations.h>

#undef DLIB_USE_BLAS
#undef DLIB_USE_LAPACK
#undef DLIB_JPEG_SUPPORT
#undef DLIB_PNG_SUPPORT

#endif
