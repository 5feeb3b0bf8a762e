// What the detector's two builds, for any x86-64 and for AVX, have in common.
#ifndef CDLIB_SCANNER_H
#define CDLIB_SCANNER_H

#include "CDlib.h"

#include <string>
#include <vector>

namespace cdlib {

/// One build of the detector. Throws C++ exceptions.
class Scanner {
 public:
  virtual ~Scanner() {}
  virtual std::vector<CDlibFace> find(
      const uint8_t *gray, int width, int height, double threshold, int upsamplings) = 0;
};

/// `model` is the detector in dlib's own serialization.
Scanner *make_generic_scanner(const std::string &model);
#if defined(__x86_64__)
Scanner *make_avx_scanner(const std::string &model);
#endif

}  // namespace cdlib
#endif
