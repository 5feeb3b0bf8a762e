// The detector compiled for AVX, half again as fast, chosen at run time.
//
// dlib takes its instruction set from the compiler's flags, and flags for one file would also reach
// the standard library's templates, of which the linker keeps one copy for the whole program. So
// the standard headers come first, and only what follows, dlib under a name of its own, is
// compiled for AVX.
#if defined(__x86_64__)
#include "Scanner.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cmath>
#include <complex>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <queue>
#include <random>
#include <set>
#include <sstream>
#include <stack>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <immintrin.h>
#include <pthread.h>

#pragma clang attribute push(__attribute__((target("avx"))), apply_to = function)
#define dlib dlib_avx
#define DLIB_HAVE_SSE2
#define DLIB_HAVE_SSE3
#define DLIB_HAVE_SSE41
#define DLIB_HAVE_AVX

#include "DlibConfig.h"

#include <dlib/image_processing/object_detector.h>
#include <dlib/image_processing/scan_fhog_pyramid.h>

#define CDLIB_MAKE_SCANNER make_avx_scanner
#include "ScannerBody.h"
#pragma clang attribute pop
#endif
