internal import CTorch

extension Network {
  /// Calls `body` with the graph as the plugin reads it.
  func withTorchGraph<Result>(_ body: (UnsafePointer<torch_graph>) -> Result) -> Result {
    let places = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { ($0.element.name, Int32($0.offset)) })
    let operations = nodes.map { torchNode($0, places: places) }
    let results = outputs.map { Int32($0.tensor.index) }
    let arrays = parameters.map(\.torchShape)
    return operations.withUnsafeBufferPointer { nodes in
      results.withUnsafeBufferPointer { outputs in
        arrays.withUnsafeBufferPointer { parameters in
          var graph = torch_graph(
            parts: Int32(input.parts), channels: Int32(input.shape.channels),
            height: Int32(input.shape.height), width: Int32(input.shape.width),
            node_count: Int32(nodes.count), output_count: Int32(outputs.count),
            parameter_count: Int32(parameters.count), nodes: nodes.baseAddress,
            outputs: outputs.baseAddress, parameters: parameters.baseAddress)
          return body(&graph)
        }
      }
    }
  }

  private func torchNode(_ node: Node, places: [String: Int32]) -> torch_node {
    var result = torch_node()
    result.input = Int32(node.input.index)
    result.other = Int32(node.operation.other?.index ?? -1)
    result.channels = Int32(node.output.shape.channels)
    result.height = Int32(node.output.shape.height)
    result.width = Int32(node.output.shape.width)
    (result.weight, result.bias) = (-1, -1)
    switch node.operation {
    case .part(let index):
      result.operation = torch_part
      (result.part, result.parts) = (Int32(index), Int32(node.input.parts))
    case .sum: result.operation = torch_sum
    case .concatenate: result.operation = torch_concatenate
    case .stack: result.operation = torch_stack
    case .layer(let layer, let name):
      result.weight = places["\(name).weight"] ?? -1
      result.bias = places["\(name).bias"] ?? -1
      switch layer {
      case .convolution(_, let kernel, let stride):
        result.operation = torch_convolution
        (result.kernel, result.stride) = (Int32(kernel), Int32(stride))
      case .dense: result.operation = torch_dense
      case .leakyReLU(let slope):
        result.operation = torch_leaky
        result.slope = slope
      case .sigmoid: result.operation = torch_sigmoid
      case .pixelShuffle(let factor):
        result.operation = torch_pixel_shuffle
        result.factor = Int32(factor)
      case .reshape: result.operation = torch_reshape
      case .rmsNorm(let epsilon):
        result.operation = torch_rms_norm
        result.epsilon = epsilon
      }
    }
    return result
  }
}

extension Parameter {
  fileprivate var torchShape: torch_parameter {
    let sides = shape.map(Int64.init) + [1, 1, 1, 1]
    return torch_parameter(
      dimensions: Int32(shape.count), shape: (sides[0], sides[1], sides[2], sides[3]))
  }
}
