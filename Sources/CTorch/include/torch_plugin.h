// The border to PyTorch's library: a graph goes in, numbers come out.
//
// A plugin is a shared library built from `plugin/` against some installation of PyTorch, by
// `make engine TORCH=…`. It exports `torch_plugin_table`, whose functions never throw: they return 0,
// or another number and leave a line in `last_error`. One thread at a time.
#ifndef CURATE_TORCH_PLUGIN_H
#define CURATE_TORCH_PLUGIN_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Grows with every change of this file.
enum { torch_plugin_version = 3 };

typedef enum torch_operation {
  torch_convolution,
  torch_dense,
  torch_leaky,
  torch_sigmoid,
  torch_pixel_shuffle,
  torch_reshape,
  torch_part,
  torch_sum,
  torch_concatenate,
  /// Samples of `input`, then those of `other`.
  torch_stack,
  torch_rms_norm,
} torch_operation;

/// What makes tensor `i + 1` for the node at place i; tensor 0 is the input.
typedef struct torch_node {
  torch_operation operation;
  /// Tensors it reads; `other` is -1 for all but sums and joins.
  int32_t input, other;
  /// Of what it makes.
  int32_t channels, height, width;
  int32_t kernel, stride, factor;
  /// Which one, and of how many.
  int32_t part, parts;
  float slope;
  /// Of a norm.
  float epsilon;
  /// Places among the parameters; -1 for none.
  int32_t weight, bias;
} torch_node;

/// An array of weights: `[kernel, kernel, in, out]`, `[in, out]` or `[out]`.
typedef struct torch_parameter {
  int32_t dimensions;
  int64_t shape[4];
} torch_parameter;

typedef struct torch_graph {
  /// The samples of the input fall into so many parts.
  int32_t parts, channels, height, width;
  int32_t node_count, output_count, parameter_count;
  const torch_node *nodes;
  /// Tensors.
  const int32_t *outputs;
  const torch_parameter *parameters;
} torch_graph;

typedef struct torch_settings {
  /// "cpu", "cuda" or "cuda:1".
  const char *device;
  /// Of the processor; 0 for the library's own choice.
  int32_t threads;
  /// Whether products and what lies between layers are in bfloat16; losses and weights stay 32-bit floats.
  bool half;
} torch_settings;

/// A network with its weights, their gradients and what the optimiser remembers of them.
typedef struct torch_model torch_model;

/// The arrays that belong to each parameter.
typedef enum torch_array { torch_weights, torch_gradients, torch_means, torch_variances } torch_array;

/// One side of a batch: planes `[count, 3, side, side]`, `mask` `[count, 1, side, side]`.
typedef struct torch_faces {
  const float *input, *target, *mask;
} torch_faces;

typedef enum torch_loss_kind { torch_absolute, torch_dissimilarity, torch_color } torch_loss_kind;

typedef struct torch_loss_term {
  torch_loss_kind kind;
  float weight;
} torch_loss_term;

typedef struct torch_losses {
  const torch_loss_term *terms;
  int32_t term_count;
  /// Sides of the windows that structure is compared in, in pixels; 0 for no second one.
  int32_t windows[2];
  /// What a pixel outside of the mask counts.
  float outside;
  /// What the mask's loss counts; used where each side has two outputs, its face and its mask.
  float mask;
} torch_losses;

typedef struct torch_update {
  /// Adam, or AdaBelief.
  bool believes;
  float rate, mean_decay, variance_decay, epsilon;
  /// Greatest length of the gradient; 0 for no limit.
  float clip;
  /// Share of the weights that move.
  float kept;
  /// Of this step, counted from 1.
  int64_t step;
} torch_update;

/// Processes that train together.
typedef struct torch_group torch_group;

/// What a function returns besides 0.
enum { torch_failed = 1, torch_out_of_memory = 2, torch_group_failed = 3 };

typedef struct torch_plugin {
  int32_t version;
  /// PyTorch's, such as "2.15.0".
  const char *torch_version;
  /// Whether processes can be joined.
  bool has_groups;
  const char *(*last_error)(void);
  int32_t (*cuda_devices)(void);

  /// Weights are all 0.
  int32_t (*make)(const torch_settings *settings, const torch_graph *graph, torch_model **made);
  void (*release)(torch_model *model);
  int32_t (*set)(torch_model *model, torch_array array, int32_t parameter, const float *values);
  int32_t (*get)(torch_model *model, torch_array array, int32_t parameter, float *values);

  /// Input and outputs in planes; keeps what `backward` needs when `trains`.
  int32_t (*forward)(torch_model *model, int32_t batch, bool trains, const float *input,
                     float *const *outputs);
  /// Sets the gradients.
  int32_t (*backward)(torch_model *model, const float *const *output_gradients);

  /// Losses of each face, `[batch]` a side; adds `share` of the gradients of their means, if not 0.
  int32_t (*learn)(torch_model *model, int32_t batch, const torch_faces *source,
                   const torch_faces *target, const torch_losses *losses, float share,
                   float *source_losses, float *target_losses);
  /// Moves the weights, by the mean gradient of the group's processes where there is one, and
  /// clears the gradients.
  int32_t (*update)(torch_model *model, const torch_update *update, torch_group *group);
  void (*clear)(torch_model *model);

  /// Meets the others. `serves` is for the process that the others find at
  /// `host`, `prefix` tells this meeting from others at the same place. Times are in seconds.
  int32_t (*join)(const char *host, int32_t port, const char *prefix, bool serves, int32_t rank,
                  int32_t size, double timeout, torch_group **made);
  void (*leave)(torch_group *group);
  /// Fills `all`, `[size, count]`, with everybody's numbers.
  int32_t (*gather)(torch_group *group, const double *own, int32_t count, double *all);
  /// Gives the others weights, means and variances of the first process.
  int32_t (*spread)(torch_group *group, torch_model *model);
} torch_plugin;

/// What a plugin exports, under this name.
const torch_plugin *torch_plugin_table(void);

/// Opens a plugin; the same one again is the same table. Null with a line in `failure`, which stays
/// valid until the next call on this thread, when it cannot be opened or is of another version.
const torch_plugin *torch_open(const char *path, const char **failure);

#ifdef __cplusplus
}
#endif

#endif
