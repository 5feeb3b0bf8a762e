// The table of functions: nothing is thrown over the border.
#include <torch/version.h>

#include "group.h"
#include "learn.h"
#include "optimizer.h"
#include "torch_plugin.h"

struct torch_model : curate::Model {
  curate::Learner learner{*this};
  using curate::Model::Model;
};
struct torch_group : curate::Group {
  using curate::Group::Group;
};

namespace {

using torch::Tensor;

thread_local std::string failure;

/// The first line, for backtraces follow; of gloo's, without its place in the source and its
/// advice.
void fail(const std::string &what) {
  failure = what.substr(0, std::min(what.find('\n'), what.find(". This is typically")));
  const size_t place = failure.find("] ");
  if (place != std::string::npos && failure.find("/gloo/") < place) failure.erase(0, place + 2);
}

template <class Work>
int32_t guarded(Work work) {
  try {
    work();
    return 0;
  } catch (const c10::OutOfMemoryError &error) {
    fail(error.what_without_backtrace());
    return torch_out_of_memory;
  } catch (const std::bad_alloc &) {
    fail("out of memory");
    return torch_out_of_memory;
  } catch (const c10::Error &error) {
    fail(error.what_without_backtrace());
    // The processor's allocator has no error of its own.
    bool is_memory = failure.find("DefaultCPUAllocator") != std::string::npos;
    return is_memory ? torch_out_of_memory : torch_failed;
  } catch (const std::exception &error) {
    fail(error.what());
  } catch (...) {
    fail("an unknown error");
  }
  return torch_failed;
}

/// The same on a model's queue.
template <class Work>
int32_t queued(const curate::Model &model, Work work) {
  return guarded([&] {
    curate::Queue queue(model.device);
    work();
  });
}

/// The same for an exchange with other processes, which fails when one of them is gone.
template <class Work>
int32_t exchanged(const curate::Model &model, Work work) {
  return queued(model, work) == 0 ? 0 : int32_t(torch_group_failed);
}

void copy(const Tensor &from, float *to) {
  auto planes = from.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  std::memcpy(to, planes.data_ptr<float>(), size_t(planes.numel()) * sizeof(float));
}

const torch_plugin table = {
    torch_plugin_version,
    TORCH_VERSION,
    curate::Group::exists,
    [] { return failure.c_str(); },
    [] {
      int32_t count = 0;
#ifdef CURATE_CUDA
      guarded([&] { count = int32_t(torch::cuda::device_count()); });
#endif
      return count;
    },
    [](const torch_settings *settings, const torch_graph *graph, torch_model **made) {
      return guarded([&] {
        curate::Queue queue(torch::Device(settings->device));
        *made = new torch_model(*settings, *graph);
      });
    },
    [](torch_model *model) {
      queued(*model, [&] { delete model; });
    },
    [](torch_model *model, torch_array array, int32_t parameter, const float *values) {
      return queued(*model, [&] { model->weights.set(array, parameter, values); });
    },
    [](torch_model *model, torch_array array, int32_t parameter, float *values) {
      return queued(*model, [&] { model->weights.get(array, parameter, values); });
    },
    [](torch_model *model, int32_t batch, bool trains, const float *input, float *const *outputs) {
      return queued(*model, [&] {
        auto made = model->forward(model->samples(input, batch * model->parts()), trains);
        for (size_t i = 0; i < made.size(); i++) copy(made[i], outputs[i]);
      });
    },
    [](torch_model *model, const float *const *output_gradients) {
      return queued(*model, [&] {
        model->weights.all(torch_gradients).zero_();
        model->backward(model->like_outputs(output_gradients));
      });
    },
    [](torch_model *model, int32_t batch, const torch_faces *source, const torch_faces *target,
       const torch_losses *losses, float share, float *source_losses, float *target_losses) {
      return queued(*model, [&] {
        model->learner.learn(batch, source, target, *losses, share, source_losses, target_losses);
      });
    },
    [](torch_model *model, const torch_update *wanted, torch_group *group) {
      const auto average = [&] { group->average(model->weights.all(torch_gradients)); };
      const int32_t failed = group ? exchanged(*model, average) : 0;
      return failed ? failed : queued(*model, [&] { curate::update(*model, *wanted); });
    },
    [](torch_model *model) {
      queued(*model, [&] { model->weights.all(torch_gradients).zero_(); });
    },
    [](const char *host, int32_t port, const char *prefix, bool serves, int32_t rank, int32_t size,
       double timeout, torch_group **made) {
      return guarded(
          [&] { *made = new torch_group(host, port, prefix, serves, rank, size, timeout); });
    },
    [](torch_group *group) { delete group; },
    [](torch_group *group, const double *own, int32_t count, double *all) {
      return guarded([&] { group->gather(own, count, all); }) ? int32_t(torch_group_failed) : 0;
    },
    [](torch_group *group, torch_model *model) {
      return exchanged(*model, [&] {
        for (auto array : {torch_weights, torch_means, torch_variances})
          group->spread(model->weights.all(array));
        model->weights.lower();
      });
    },
};

}  // namespace

extern "C" const torch_plugin *torch_plugin_table(void) { return &table; }
