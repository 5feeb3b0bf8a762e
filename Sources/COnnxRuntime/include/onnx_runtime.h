// ONNX Runtime, opened at run time: as much of its C interface as one network on the processor needs.
//
// Nothing links it. Its functions stand in a table that only ever grows at its end, so what is used
// here, all of it in the first version, works with every library since 1.0.
#ifndef CURATE_ONNX_RUNTIME_H
#define CURATE_ONNX_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/// An opened library; it stays open until the process ends.
typedef struct cort_library cort_library;
/// A network that is ready to run; any number of threads may run one at once.
typedef struct cort_session cort_session;
/// What one run left behind.
typedef struct cort_result cort_result;

/// What goes into a network or comes out of it; strings and arrays are the session's.
typedef struct {
  const char *name;
  /// ONNX's number of the element type: 1 is a 32-bit float; 0 where it is no tensor.
  int32_t element;
  size_t rank;
  /// -1 for a side that is free.
  const int64_t *shape;
} cort_port;

/// 32-bit floats, the last axis closest together.
typedef struct {
  const float *values;
  size_t rank;
  const int64_t *shape;
} cort_tensor;

enum { cort_element_float = 1 };

/// Messages have one line and fit in here.
enum { cort_message_size = 512 };

/// Opens a library by its path, or by its name where the system looks for libraries. Null, and why in
/// `message` (of `cort_message_size` bytes), where that fails.
cort_library *cort_open(const char *path, char *message);

/// Such as "1.20.1".
const char *cort_version(const cort_library *library);

/// The file it was found in.
const char *cort_path(const cort_library *library);

/// Reads a network from the bytes of an ONNX file, to be run with so many threads. Null, and why in
/// `message`, where that fails. The bytes may go afterwards.
cort_session *cort_session_open(const cort_library *library, const void *bytes, size_t size,
                                int threads, char *message);

void cort_session_close(cort_session *session);

size_t cort_input_count(const cort_session *session);
size_t cort_output_count(const cort_session *session);
cort_port cort_input(const cort_session *session, size_t index);
cort_port cort_output(const cort_session *session, size_t index);

/// Runs the network on `count` inputs, in its own order. Null, and why in `message`, where that fails
/// or an output is not of 32-bit floats.
cort_result *cort_run(const cort_session *session, const cort_tensor *inputs, size_t count,
                      char *message);

/// Output number `index`, in the network's order; its arrays live as long as the result.
cort_tensor cort_result_at(const cort_result *result, size_t index);

void cort_result_free(cort_result *result);

#endif
