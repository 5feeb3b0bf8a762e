internal import CKernels

/// What runs, in order: a step is a layer with the activation behind it.
///
/// Reshaping and taking a part move nothing; their tensors are views.
struct Schedule {
  struct Step {
    let layer: Layer
    let name: String
    let input: Network.Tensor
    let output: Network.Tensor
    let activation: Activation
  }

  let network: Network
  private(set) var steps: [Step] = []
  /// For each tensor the one whose memory it shares, itself unless it is a view.
  private(set) var owner: [Int]
  /// For each tensor, which part of its owner's memory it is; 0 for the whole of it.
  private(set) var part: [Int]

  /// Traps when two layers read the same tensor: their gradients would have to be added.
  init(_ network: Network) {
    self.network = network
    owner = Array(0...network.nodes.count)
    part = [Int](repeating: 0, count: owner.count)
    var readers = Set<[Int]>()
    for node in network.nodes {
      let taken: Int
      if case .part(let index) = node.operation { taken = index } else { taken = -1 }
      precondition(
        readers.insert([node.input.index, taken]).inserted, "two layers read one tensor")
      add(node)
    }
  }

  private mutating func add(_ node: Network.Node) {
    switch node.operation {
    case .part(let index):
      share(node)
      part[node.output.index] = index
    case .layer(.reshape, _):
      share(node)
    case .layer(let layer, let name):
      if let activation = layer.activation, let last = steps.last,
        last.output == node.input, last.layer.isAffine, last.activation.isNone
      {
        share(node)
        steps[steps.count - 1] = Step(
          layer: last.layer, name: last.name, input: last.input, output: node.output,
          activation: activation)
      } else {
        steps.append(
          Step(
            layer: layer, name: name, input: node.input, output: node.output,
            activation: layer.isAffine ? .none : layer.activation ?? .none))
      }
    }
  }

  private mutating func share(_ node: Network.Node) {
    owner[node.output.index] = owner[node.input.index]
    part[node.output.index] = part[node.input.index]
  }

  func kernels(
    tensors: [TensorMemory], parameters: Parameters, gradients: Parameters?, workers: Workers,
    functions: winograd_kernels
  ) -> [any Kernel] {
    func weights(_ name: String) -> WeightMemory {
      WeightMemory(values: parameters.pointer(name), gradient: gradients?.pointer(name))
    }
    return steps.map { step in
      let (input, output) = (tensors[step.input.index], tensors[step.output.index])
      switch step.layer {
      case .convolution(_, _, let stride)
      where WinogradKernel.suits(
        step.layer, input: step.input.shape, output: step.output.shape):
        return WinogradKernel(
          stride: stride, input: input, output: output, weight: weights("\(step.name).weight"),
          bias: weights("\(step.name).bias"), activation: step.activation, workers: workers,
          functions: functions)
      case .convolution(_, let kernel, _)
      where NarrowConvolutionKernel.suits(step.layer, input: step.input.shape):
        return NarrowConvolutionKernel(
          kernel: kernel, input: input, output: output, weight: weights("\(step.name).weight"),
          bias: weights("\(step.name).bias"), activation: step.activation, workers: workers)
      case .convolution, .dense:
        return AffineKernel(
          layer: step.layer, input: input, output: output,
          weight: weights("\(step.name).weight"), bias: weights("\(step.name).bias"),
          activation: step.activation, workers: workers)
      case .pixelShuffle(let factor):
        return PixelShuffleKernel(
          input: input, output: output, factor: factor, workers: workers)
      case .leakyReLU, .sigmoid:
        return ActivationKernel(
          input: input, output: output, activation: step.activation, workers: workers)
      case .reshape:
        preconditionFailure("a reshape is a view")
      }
    }
  }
}

extension Layer {
  fileprivate var isAffine: Bool {
    switch self {
    case .convolution, .dense: true
    default: false
    }
  }

  fileprivate var activation: Activation? {
    switch self {
    case .leakyReLU(let slope): .leaky(slope)
    case .sigmoid: .sigmoid
    default: nil
    }
  }
}

extension Activation {
  fileprivate var isNone: Bool {
    if case .none = self { true } else { false }
  }
}
