// The table of functions: nothing is thrown over the border.
#include "torch_plugin.h"

#include <torch/version.h>

#include "group.h"
#include "losses.h"
#include "model.h"
#include "optimizer.h"

struct torch_model : curate::Model {
  using curate::Model::Model;
};
struct torch_group : curate::Group {
  using curate::Group::Group;
};

namespace {

using torch::Tensor;

thread_local std::string failure;

/// The first line, for backtraces follow; of gloo's, without its place in the source and its advice.
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

/// The same for an exchange with other processes, which fails when one of them is gone.
template <class Work>
int32_t exchanged(Work work) {
  return guarded(work) == 0 ? 0 : int32_t(torch_group_failed);
}

void copy(const Tensor &from, float *to) {
  auto planes = from.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  std::memcpy(to, planes.data_ptr<float>(), size_t(planes.numel()) * sizeof(float));
}

curate::Faces faces(const torch_model *model, int32_t batch, const torch_faces *from, int64_t side) {
  return {{},
          model->planes(from->target, batch, 3, side, side),
          model->planes(from->mask, batch, 1, side, side)};
}

void learn(torch_model *model, int32_t batch, const torch_faces *source, const torch_faces *target,
           const torch_losses *losses, float share, float *source_losses, float *target_losses) {
  torch::AutoGradMode mode(share != 0);
  auto input = at::cat(
      {model->samples(source->input, batch), model->samples(target->input, batch)});
  auto outputs = model->run(input);
  const size_t per_side = outputs.size() / 2;
  std::vector<Tensor> values;
  for (int place = 0; place < 2; place++) {
    std::vector<Tensor> own(outputs.begin() + place * per_side,
                            outputs.begin() + (place + 1) * per_side);
    values.push_back(curate::losses(
        own, faces(model, batch, place ? target : source, input.size(3)), *losses));
  }
  if (share != 0) ((values[0].mean() + values[1].mean()) * share).backward();
  copy(values[0], source_losses);
  copy(values[1], target_losses);
}

const torch_plugin table = {
    torch_plugin_version,
    TORCH_VERSION,
    curate::Group::exists,
    [] { return failure.c_str(); },
    [] {
      int32_t count = 0;
      guarded([&] { count = int32_t(torch::cuda::device_count()); });
      return count;
    },
    [](const torch_settings *settings, const torch_graph *graph, torch_model **made) {
      return guarded([&] { *made = new torch_model(*settings, *graph); });
    },
    [](torch_model *model) { delete model; },
    [](torch_model *model, torch_array array, int32_t parameter, const float *values) {
      return guarded([&] { model->set(array, parameter, values); });
    },
    [](torch_model *model, torch_array array, int32_t parameter, float *values) {
      return guarded([&] { model->get(array, parameter, values); });
    },
    [](torch_model *model, int32_t batch, bool trains, const float *input, float *const *outputs) {
      return guarded([&] {
        torch::AutoGradMode mode(trains);
        auto made = model->run(model->samples(input, batch * model->parts()));
        for (size_t i = 0; i < made.size(); i++) copy(made[i], outputs[i]);
        model->kept = trains ? made : std::vector<Tensor>();
      });
    },
    [](torch_model *model, const float *const *output_gradients) {
      return guarded([&] {
        std::vector<Tensor> gradients;
        for (size_t i = 0; i < model->kept.size(); i++) {
          const auto &shape = model->kept[i].sizes();
          gradients.push_back(
              model->planes(output_gradients[i], shape[0], shape[1], shape[2], shape[3]));
        }
        model->all(torch_gradients).zero_();
        torch::autograd::backward(model->kept, gradients);
        model->kept.clear();
      });
    },
    [](torch_model *model, int32_t batch, const torch_faces *source, const torch_faces *target,
       const torch_losses *losses, float share, float *source_losses, float *target_losses) {
      return guarded([&] {
        learn(model, batch, source, target, losses, share, source_losses, target_losses);
      });
    },
    [](torch_model *model, const torch_update *wanted, torch_group *group) {
      torch::NoGradGuard guard;
      const int32_t failed =
          group ? exchanged([&] { group->average(model->all(torch_gradients)); }) : 0;
      if (failed) return failed;
      return guarded([&] {
        curate::update(*model, *wanted);
        model->all(torch_gradients).zero_();
      });
    },
    [](torch_model *model) { guarded([&] { model->all(torch_gradients).zero_(); }); },
    [](const char *host, int32_t port, const char *prefix, bool serves, int32_t rank, int32_t size,
       double timeout, torch_group **made) {
      return guarded(
          [&] { *made = new torch_group(host, port, prefix, serves, rank, size, timeout); });
    },
    [](torch_group *group) { delete group; },
    [](torch_group *group, const double *own, int32_t count, double *all) {
      return exchanged([&] { group->gather(own, count, all); });
    },
    [](torch_group *group, torch_model *model) {
      return exchanged([&] {
        for (auto array : {torch_weights, torch_means, torch_variances})
          group->spread(model->all(array));
      });
    },
};

}  // namespace

extern "C" const torch_plugin *torch_plugin_table(void) { return &table; }
