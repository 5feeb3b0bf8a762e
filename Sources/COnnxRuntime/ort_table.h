// The start of ONNX Runtime's table of functions, in its order; what is not used is skipped.
//
// Facts from onnxruntime_c_api.h, version 1 of the interface. Functions that can fail return null or a
// status to be released.
#ifndef CURATE_ORT_TABLE_H
#define CURATE_ORT_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct ort_status ort_status;
typedef struct ort_environment ort_environment;
typedef struct ort_options ort_options;
typedef struct ort_native_session ort_native_session;
typedef struct ort_type ort_type;
typedef struct ort_shape ort_shape;
typedef struct ort_value ort_value;
typedef struct ort_memory ort_memory;
typedef struct ort_allocator ort_allocator;

typedef void (*ort_skipped)(void);

typedef struct {
  ort_skipped skipped_0[2];
  const char *(*message)(const ort_status *);  // 2
  ort_status *(*create_environment)(int severity, const char *name, ort_environment **);
  ort_skipped skipped_4[2];
  ort_status *(*disable_telemetry)(const ort_environment *);  // 6
  ort_skipped skipped_7;
  ort_status *(*create_session)(const ort_environment *, const void *, size_t, const ort_options *,
                                ort_native_session **);  // 8, from memory
  ort_status *(*run)(ort_native_session *, const void *run_options, const char *const *input_names,
                     const ort_value *const *inputs, size_t input_count,
                     const char *const *output_names, size_t output_count, ort_value **outputs);
  ort_status *(*create_options)(ort_options **);  // 10
  ort_skipped skipped_11[13];
  ort_status *(*set_intra_threads)(ort_options *, int);  // 24
  ort_status *(*set_inter_threads)(ort_options *, int);
  ort_skipped skipped_26[4];
  ort_status *(*input_count)(const ort_native_session *, size_t *);  // 30
  ort_status *(*output_count)(const ort_native_session *, size_t *);
  ort_skipped skipped_32;
  ort_status *(*input_type)(const ort_native_session *, size_t, ort_type **);  // 33
  ort_status *(*output_type)(const ort_native_session *, size_t, ort_type **);
  ort_skipped skipped_35;
  ort_status *(*input_name)(const ort_native_session *, size_t, ort_allocator *, char **);  // 36
  ort_status *(*output_name)(const ort_native_session *, size_t, ort_allocator *, char **);
  ort_skipped skipped_38[11];
  ort_status *(*wrap_tensor)(const ort_memory *, void *, size_t bytes, const int64_t *shape,
                             size_t rank, int element, ort_value **);  // 49
  ort_status *(*is_tensor)(const ort_value *, int *);
  ort_status *(*tensor_data)(ort_value *, void **);  // 51
  ort_skipped skipped_52[3];
  ort_status *(*tensor_shape_of_type)(const ort_type *, const ort_shape **);  // 55, not owned
  ort_skipped skipped_56[4];
  ort_status *(*element)(const ort_shape *, int *);  // 60
  ort_status *(*rank)(const ort_shape *, size_t *);
  ort_status *(*sides)(const ort_shape *, int64_t *, size_t);
  ort_skipped skipped_63[2];
  ort_status *(*shape_of_value)(const ort_value *, ort_shape **);  // 65
  ort_skipped skipped_66[3];
  ort_status *(*create_memory)(int allocator, int kind, ort_memory **);  // 69, on the processor
  ort_skipped skipped_70[6];
  ort_status *(*allocator_free)(ort_allocator *, void *);  // 76
  ort_skipped skipped_77;
  ort_status *(*default_allocator)(ort_allocator **);  // 78
  ort_skipped skipped_79[14];
  void (*release_status)(ort_status *);  // 93
  void (*release_memory)(ort_memory *);
  void (*release_session)(ort_native_session *);
  void (*release_value)(ort_value *);
  ort_skipped skipped_97;
  void (*release_type)(ort_type *);  // 98
  void (*release_shape)(ort_shape *);
  void (*release_options)(ort_options *);  // 100
} ort_table;

/// What the library's one exported function, OrtGetApiBase, returns.
typedef struct {
  const ort_table *(*table)(uint32_t version);
  const char *(*version)(void);
} ort_base;

_Static_assert(offsetof(ort_table, message) == 2 * sizeof(void *), "order");
_Static_assert(offsetof(ort_table, set_intra_threads) == 24 * sizeof(void *), "order");
_Static_assert(offsetof(ort_table, input_name) == 36 * sizeof(void *), "order");
_Static_assert(offsetof(ort_table, tensor_shape_of_type) == 55 * sizeof(void *), "order");
_Static_assert(offsetof(ort_table, create_memory) == 69 * sizeof(void *), "order");
_Static_assert(offsetof(ort_table, release_status) == 93 * sizeof(void *), "order");
_Static_assert(offsetof(ort_table, release_options) == 100 * sizeof(void *), "order");

struct cort_library {
  const ort_table *table;
  const char *version;
  char *path;
  ort_environment *environment;
  ort_memory *memory;
};

/// Writes the status as one line and releases it.
void cort_take_message(const ort_table *table, ort_status *status, char *message);

#endif
