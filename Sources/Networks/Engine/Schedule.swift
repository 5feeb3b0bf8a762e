/// What runs, in order.
///
/// An activation goes with the layer before it. Reshaping and taking a part move nothing; their tensors are
/// views. A tensor that several read is fanned out: each reader gets a branch, which has the same
/// values and a gradient of its own, and the gradients are added on the way back.
struct Schedule {
  struct Step {
    enum Work {
      case layer(Layer, name: String, Activation)
      /// The outputs are branches of the input.
      case fan
      case sum
      case concatenate
      case stack
    }

    var work: Work
    let inputs: [Int]
    var outputs: [Int]
  }

  /// Where a tensor's numbers lie: in those of another, itself unless it is a view, as one of equal
  /// parts; 0 for the whole of it.
  struct View {
    var owner: Int
    var part = 0
  }

  let network: Network
  private(set) var steps: [Step] = []
  /// By index: those of the network, then branches.
  private(set) var tensors: [Network.Tensor]
  private(set) var values: [View]
  private(set) var gradients: [View]
  /// The tensor that stands for each output of the network.
  private(set) var outputs: [Int] = []
  /// The branches of a tensor that no reader has taken yet.
  private var branches: [Int: [Int]] = [:]
  private let readers: [Int]
  /// Whether the slope of the loss in the input is of interest; in most networks it is not.
  let wantsInputGradient: Bool

  /// Traps when a tensor is read as a whole and in parts, and when the input's gradient is wanted and a
  /// part of it is never read.
  init(_ network: Network, wantsInputGradient: Bool = false) {
    (self.network, self.wantsInputGradient) = (network, wantsInputGradient)
    tensors = [network.input] + network.nodes.map(\.output)
    values = tensors.indices.map { View(owner: $0) }
    gradients = values
    readers = Self.readers(of: network)
    if wantsInputGradient {
      precondition(Self.readsAllInput(network), "each part of the input is read")
      fanOut(0)
    }
    for node in network.nodes { add(node) }
    outputs = network.outputs.map { reader(of: $0.tensor.index) }
  }

  /// How many read each tensor as a whole, an output of the network counting as one.
  private static func readers(of network: Network) -> [Int] {
    var readers = [Int](repeating: 0, count: network.nodes.count + 1)
    var parts = Set<[Int]>()
    for node in network.nodes {
      if case .part(let index) = node.operation {
        precondition(parts.insert([node.input.index, index]).inserted, "a part is taken once")
      } else {
        readers[node.input.index] += 1
      }
      if let other = node.operation.other { readers[other.index] += 1 }
    }
    for output in network.outputs { readers[output.tensor.index] += 1 }
    for part in parts { precondition(readers[part[0]] == 0, "read as a whole and in parts") }
    return readers
  }

  /// Whether the input is read as a whole, or each part of it.
  private static func readsAllInput(_ network: Network) -> Bool {
    var parts = Set<Int>()
    for node in network.nodes where node.input.index == 0 {
      guard case .part(let index) = node.operation else { return true }
      parts.insert(index)
    }
    let isRead =
      network.nodes.contains { $0.operation.other?.index == 0 }
      || network.outputs.contains { $0.tensor.index == 0 }
    return isRead || parts.count == network.input.parts
  }

  /// The tensor that the next reader of this one reads.
  private mutating func reader(of index: Int) -> Int {
    branches[index]?.popLast() ?? index
  }

  private mutating func add(_ node: Network.Node) {
    let input = reader(of: node.input.index)
    let output = node.output.index
    switch node.operation {
    case .part(let index):
      view(output, of: input)
      values[output].part = index
      gradients[output].part = index
    case .layer(.reshape, _):
      view(output, of: input)
    case .layer(let layer, let name):
      if let activation = layer.activation, join(activation, input, output) { break }
      let own = layer.isAffine ? .none : layer.activation ?? .none
      steps.append(Step(work: .layer(layer, name: name, own), inputs: [input], outputs: [output]))
    case .sum(let other):
      steps.append(Step(work: .sum, inputs: [input, reader(of: other.index)], outputs: [output]))
    case .concatenate(let other):
      steps.append(
        Step(work: .concatenate, inputs: [input, reader(of: other.index)], outputs: [output]))
    case .stack(let other):
      steps.append(Step(work: .stack, inputs: [input, reader(of: other.index)], outputs: [output]))
    }
    fanOut(output)
  }

  /// Does an activation together with the layer before it, where that has none and nobody else reads it.
  private mutating func join(_ activation: Activation, _ input: Int, _ output: Int) -> Bool {
    guard let last = steps.last, last.outputs == [input],
      case .layer(let layer, let name, .none) = last.work, layer.isAffine
    else { return false }
    view(output, of: input)
    steps[steps.count - 1].work = .layer(layer, name: name, activation)
    steps[steps.count - 1].outputs = [output]
    return true
  }

  private mutating func view(_ output: Int, of input: Int) {
    values[output] = values[input]
    gradients[output] = gradients[input]
  }

  private mutating func fanOut(_ index: Int) {
    // Where the input wants no gradient, nothing has to be added.
    guard readers[index] > 1, gradients[index].owner != 0 || wantsInputGradient else { return }
    let made = (0..<readers[index]).map { tensors.count + $0 }
    for branch in made {
      tensors.append(
        Network.Tensor(index: branch, shape: tensors[index].shape, parts: tensors[index].parts))
      values.append(values[index])
      gradients.append(View(owner: branch))
    }
    branches[index] = made
    steps.append(Step(work: .fan, inputs: [index], outputs: made))
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
