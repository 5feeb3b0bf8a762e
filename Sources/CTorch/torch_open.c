#include "torch_plugin.h"

#include <dlfcn.h>
#include <stdio.h>

static _Thread_local char line[1024];

const torch_plugin *torch_open(const char *path, const char **failure) {
  *failure = line;
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
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
