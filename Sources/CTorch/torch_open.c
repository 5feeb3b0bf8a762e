#include "torch_plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local char line[1024];

// PyTorch's threads (OpenMP) wait in a loop for their next piece, which is seven times slower as soon as
// anything else wants the processor, our loader for one. Read once, while the library is loaded.
static void *open_patiently(const char *path) {
  const char *variable = "OMP_WAIT_POLICY";
  bool is_told = getenv(variable) != NULL;
  if (!is_told) setenv(variable, "passive", 1);
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!is_told) unsetenv(variable);
  return handle;
}

const torch_plugin *torch_open(const char *path, const char **failure) {
  *failure = line;
  void *handle = open_patiently(path);
  if (!handle) {
    snprintf(line, sizeof line, "%s", dlerror());
    return NULL;
  }
  const torch_plugin *(*table)(void) =
      (const torch_plugin *(*)(void))dlsym(handle, "torch_plugin_table");
  if (!table) {
    snprintf(line, sizeof line, "is no plugin of this program");
    return NULL;
  }
  const torch_plugin *found = table();
  if (found->version != torch_plugin_version) {
    snprintf(line, sizeof line, "is of version %d, this program wants %d", found->version,
             torch_plugin_version);
    return NULL;
  }
  return found;
}
