#include "onnx_runtime.h"
#include "ort_table.h"

#include <stdio.h>
#include <stdlib.h>

struct cort_session {
  const cort_library *library;
  ort_native_session *native;
  size_t input_count, output_count;
  cort_port *inputs, *outputs;
};

struct cort_result {
  const ort_table *table;
  size_t count;
  ort_value **values;
  cort_tensor *tensors;
};

static ort_status *read_shape(const ort_table *table, const ort_shape *shape, size_t *rank,
                              const int64_t **sides) {
  ort_status *status = table->rank(shape, rank);
  if (status) return status;
  int64_t *read = calloc(*rank + 1, sizeof *read);
  *sides = read;
  return *rank ? table->sides(shape, read, *rank) : NULL;
}

static ort_status *read_port(const cort_session *session, int is_output, size_t index,
                             cort_port *port) {
  const ort_table *table = session->library->table;
  ort_allocator *allocator = NULL;
  char *name = NULL;
  ort_type *type = NULL;
  const ort_shape *shape = NULL;
  int element = 0;
  ort_status *status = table->default_allocator(&allocator);
  if (!status)
    status = (is_output ? table->output_name : table->input_name)(session->native, index, allocator,
                                                                  &name);
  port->name = name;
  if (!status)
    status = (is_output ? table->output_type : table->input_type)(session->native, index, &type);
  if (!status) status = table->tensor_shape_of_type(type, &shape);
  if (!status && shape) status = table->element(shape, &element);
  if (!status && shape) status = read_shape(table, shape, &port->rank, &port->shape);
  port->element = element;
  if (type) table->release_type(type);
  return status;
}

static ort_status *read_ports(cort_session *session) {
  const ort_table *table = session->library->table;
  size_t inputs = 0, outputs = 0;
  ort_status *status = table->input_count(session->native, &inputs);
  if (!status) status = table->output_count(session->native, &outputs);
  if (status) return status;
  session->inputs = calloc(inputs + 1, sizeof *session->inputs);
  session->outputs = calloc(outputs + 1, sizeof *session->outputs);
  session->input_count = inputs;
  session->output_count = outputs;
  for (size_t i = 0; !status && i < inputs; i++)
    status = read_port(session, 0, i, &session->inputs[i]);
  for (size_t i = 0; !status && i < outputs; i++)
    status = read_port(session, 1, i, &session->outputs[i]);
  return status;
}

cort_session *cort_session_open(const cort_library *library, const void *bytes, size_t size,
                                int threads, char *message) {
  const ort_table *table = library->table;
  cort_session *session = calloc(1, sizeof *session);
  session->library = library;
  ort_options *options = NULL;
  ort_status *status = table->create_options(&options);
  if (!status) status = table->set_intra_threads(options, threads);
  if (!status) status = table->set_inter_threads(options, 1);
  if (!status)
    status = table->create_session(library->environment, bytes, size, options, &session->native);
  if (options) table->release_options(options);
  if (!status) status = read_ports(session);
  if (!status) return session;
  cort_take_message(table, status, message);
  cort_session_close(session);
  return NULL;
}

static void free_ports(const ort_table *table, cort_port *ports, size_t count) {
  ort_allocator *allocator = NULL;
  ort_status *status = table->default_allocator(&allocator);
  if (status) table->release_status(status);
  for (size_t i = 0; i < count; i++) {
    status = ports[i].name && allocator ? table->allocator_free(allocator, (void *)ports[i].name)
                                        : NULL;
    if (status) table->release_status(status);
    free((void *)ports[i].shape);
  }
  free(ports);
}

void cort_session_close(cort_session *session) {
  const ort_table *table = session->library->table;
  if (session->inputs) free_ports(table, session->inputs, session->input_count);
  if (session->outputs) free_ports(table, session->outputs, session->output_count);
  if (session->native) table->release_session(session->native);
  free(session);
}

size_t cort_input_count(const cort_session *session) { return session->input_count; }
size_t cort_output_count(const cort_session *session) { return session->output_count; }

cort_port cort_input(const cort_session *session, size_t index) { return session->inputs[index]; }
cort_port cort_output(const cort_session *session, size_t index) { return session->outputs[index]; }

static ort_status *wrap(const cort_library *library, cort_tensor tensor, ort_value **value) {
  size_t bytes = sizeof(float);
  for (size_t i = 0; i < tensor.rank; i++) bytes *= (size_t)tensor.shape[i];
  return library->table->wrap_tensor(library->memory, (void *)tensor.values, bytes, tensor.shape,
                                     tensor.rank, cort_element_float, value);
}

// Says in `message` what is wrong with an output that is no tensor of floats.
static ort_status *unwrap(const ort_table *table, ort_value *value, const char *name,
                          cort_tensor *tensor, char *message) {
  int is_tensor = 0, element = 0;
  ort_shape *shape = NULL;
  void *data = NULL;
  ort_status *status = table->is_tensor(value, &is_tensor);
  if (!status && is_tensor) status = table->shape_of_value(value, &shape);
  if (!status && shape) status = table->element(shape, &element);
  if (!status && element == cort_element_float) {
    status = read_shape(table, shape, &tensor->rank, &tensor->shape);
    if (!status) status = table->tensor_data(value, &data);
    tensor->values = data;
  } else if (!status) {
    snprintf(message, cort_message_size, "output '%s' is not of 32-bit floats", name);
  }
  if (shape) table->release_shape(shape);
  return status;
}

static ort_status *run_on(const cort_session *session, const ort_value *const *values,
                          size_t count, cort_result *result) {
  const char **names = calloc(count + result->count + 1, sizeof *names);
  for (size_t i = 0; i < count; i++) names[i] = session->inputs[i].name;
  for (size_t i = 0; i < result->count; i++) names[count + i] = session->outputs[i].name;
  ort_status *status = session->library->table->run(session->native, NULL, names, values, count,
                                                    names + count, result->count, result->values);
  free(names);
  return status;
}

static int collect(const cort_session *session, cort_result *result, char *message) {
  message[0] = 0;
  for (size_t i = 0; i < result->count; i++) {
    ort_status *status = unwrap(result->table, result->values[i], session->outputs[i].name,
                                &result->tensors[i], message);
    if (status) cort_take_message(result->table, status, message);
    if (status || message[0]) return 0;
  }
  return 1;
}

cort_result *cort_run(const cort_session *session, const cort_tensor *inputs, size_t count,
                      char *message) {
  const ort_table *table = session->library->table;
  cort_result *result = calloc(1, sizeof *result);
  result->table = table;
  result->count = session->output_count;
  result->values = calloc(result->count + 1, sizeof *result->values);
  result->tensors = calloc(result->count + 1, sizeof *result->tensors);
  ort_value **values = calloc(count + 1, sizeof *values);
  ort_status *status = NULL;
  for (size_t i = 0; !status && i < count; i++)
    status = wrap(session->library, inputs[i], &values[i]);
  if (!status) status = run_on(session, (const ort_value *const *)values, count, result);
  for (size_t i = 0; i < count; i++)
    if (values[i]) table->release_value(values[i]);
  free(values);
  if (status) cort_take_message(table, status, message);
  if (!status && collect(session, result, message)) return result;
  cort_result_free(result);
  return NULL;
}

cort_tensor cort_result_at(const cort_result *result, size_t index) {
  return result->tensors[index];
}

void cort_result_free(cort_result *result) {
  for (size_t i = 0; i < result->count; i++) {
    free((void *)result->tensors[i].shape);
    if (result->values[i]) result->table->release_value(result->values[i]);
  }
  free(result->tensors);
  free(result->values);
  free(result);
}
