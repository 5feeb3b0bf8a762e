// What a graph's nodes become: layers that are one operation for the device.
#pragma once

#include <vector>

#include "torch_plugin.h"

namespace curate {

/// A node with what is done to its result at once: a sum, a leaky rectifier, pixels made of
/// channels.
struct Step {
  torch_node node;
  /// The tensor it makes.
  int32_t output;
  /// A tensor that is added to a convolution; -1 for none.
  int32_t other = -1;
  /// Of the rectifier; 1 for none.
  float slope = 1;
  /// Pixels along a side that are made of each; 1 for none.
  int32_t factor = 1;
};

/// The steps of a graph, in its order. Only what follows a convolution, and is read nowhere else,
/// is joined to it.
inline std::vector<Step> steps(const torch_graph &graph) {
  std::vector<int> readers(graph.node_count + 1), reader(graph.node_count + 1, -1);
  const auto read = [&](int32_t tensor, int place) {
    readers[tensor]++;
    reader[tensor] = place;
  };
  for (int i = 0; i < graph.node_count; i++) {
    read(graph.nodes[i].input, i);
    if (graph.nodes[i].other >= 0) read(graph.nodes[i].other, i);
  }
  for (int i = 0; i < graph.output_count; i++) read(graph.outputs[i], -1);

  std::vector<Step> result;
  std::vector<bool> joined(graph.node_count);
  for (int i = 0; i < graph.node_count; i++) {
    if (joined[i]) continue;
    Step step{graph.nodes[i], i + 1};
    while (step.node.operation == torch_convolution && readers[step.output] == 1 &&
           reader[step.output] >= 0) {
      const int place = reader[step.output];
      const auto &next = graph.nodes[place];
      if (next.operation == torch_sum && step.other < 0 && step.slope == 1 && step.factor == 1) {
        const int32_t other = next.input == step.output ? next.other : next.input;
        // It is to be there when the convolution is.
        if (other > i) break;
        step.other = other;
      } else if (next.operation == torch_leaky && next.slope > 0 && step.slope == 1 &&
                 step.factor == 1) {
        step.slope = next.slope;
      } else if (next.operation == torch_pixel_shuffle && step.factor == 1 && step.other < 0) {
        step.factor = next.factor;
      } else {
        break;
      }
      step.output = place + 1;
      joined[place] = true;
    }
    result.push_back(step);
  }
  return result;
}

}  // namespace curate
