#define _GNU_SOURCE
#include "onnx_runtime.h"
#include "ort_table.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Failures come back as words; the library is not to print them as well.
enum { severity_fatal = 4, arena_allocator = 1, default_memory = 0 };

void cort_take_message(const ort_table *table, ort_status *status, char *message) {
  const char *words = table->message(status);
  size_t length = 0;
  for (; words && *words && length + 1 < cort_message_size; words++) {
    char letter = *words == '\n' || *words == '\r' || *words == '\t' ? ' ' : *words;
    if (letter == ' ' && (length == 0 || message[length - 1] == ' ')) continue;
    message[length++] = letter;
  }
  while (length > 0 && message[length - 1] == ' ') length--;
  message[length] = 0;
  table->release_status(status);
}

static char *path_of(const void *function, const char *asked) {
  Dl_info found;
  return strdup(dladdr(function, &found) && found.dli_fname ? found.dli_fname : asked);
}

static cort_library *opened(const char *path, char *message) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(message, cort_message_size, "%s", dlerror());
    return NULL;
  }
  const ort_base *(*base)(void) = (const ort_base *(*)(void))dlsym(handle, "OrtGetApiBase");
  const ort_table *table = base ? base()->table(1) : NULL;
  if (!table) {
    snprintf(message, cort_message_size, "%s: is not ONNX Runtime", path);
    dlclose(handle);
    return NULL;
  }
  cort_library *library = calloc(1, sizeof *library);
  library->table = table;
  library->version = base()->version();
  library->path = path_of((const void *)base, path);
  ort_status *status = table->create_environment(severity_fatal, "curate", &library->environment);
  if (!status) status = table->disable_telemetry(library->environment);
  if (!status) status = table->create_memory(arena_allocator, default_memory, &library->memory);
  if (status) {
    // A library that cannot even start is left as it is: it has threads of its own by now.
    cort_take_message(table, status, message);
    return NULL;
  }
  return library;
}

// The library wants to be set up once in a process.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry {
  char *asked;
  cort_library *library;
  struct entry *next;
} *entries;

cort_library *cort_open(const char *path, char *message) {
  pthread_mutex_lock(&lock);
  struct entry *entry = entries;
  while (entry && strcmp(entry->asked, path) != 0) entry = entry->next;
  cort_library *library = entry ? entry->library : opened(path, message);
  if (library && !entry) {
    entry = malloc(sizeof *entry);
    *entry = (struct entry){strdup(path), library, entries};
    entries = entry;
  }
  pthread_mutex_unlock(&lock);
  return library;
}

const char *cort_version(const cort_library *library) { return library->version; }

const char *cort_path(const cort_library *library) { return library->path; }
