#include "Scanner.h"

#include "DlibConfig.h"

#include <dlib/image_processing/object_detector.h>
#include <dlib/image_processing/scan_fhog_pyramid.h>

#include <cstring>
#include <sstream>

#define CDLIB_MAKE_SCANNER make_generic_scanner
#include "ScannerBody.h"
