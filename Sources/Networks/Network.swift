/// A network as a value: a graph of layers with static shapes and no weights.
///
/// ```swift
/// var network = Network(input: Shape(3, 64, 64), parts: 2)
/// let code = network.append(encoder, to: network.input)
/// network.output("source", of: network.append(sourceDecoder, to: network.part(0, of: code)))
/// network.output("target", of: network.append(targetDecoder, to: network.part(1, of: code)))
/// ```
///
/// An engine compiles it for a batch size; the input then holds `parts · batch` samples.
public struct Network: Hashable, Sendable {
  /// What flows between two layers: `[parts · batch, channels, height, width]`.
  public struct Tensor: Hashable, Sendable {
    public let index: Int
    public let shape: Shape
    public let parts: Int
  }

  /// What makes a tensor of another.
  public enum Operation: Hashable, Sendable {
    /// `name` is that of its weights, `name.weight` and `name.bias`, where it has any.
    case layer(Layer, name: String)
    /// One of the equal parts that the samples fall into: part i of `batch` samples holds those from
    /// i · batch on.
    case part(Int)
    /// The samples, then those of another tensor of the same shape: the inverse of `part`. The result
    /// has the parts of both.
    case stack(Tensor)
    /// Each number plus that of another tensor of the same shape.
    case sum(Tensor)
    /// The channels of each sample, then those of another tensor with the same pixels and parts.
    case concatenate(Tensor)

    /// The second tensor it reads, where there is one.
    var other: Tensor? {
      switch self {
      case .sum(let other), .concatenate(let other), .stack(let other): other
      case .layer, .part: nil
      }
    }
  }

  public struct Node: Hashable, Sendable {
    public let operation: Operation
    public let input: Tensor
    public let output: Tensor
  }

  public struct Output: Hashable, Sendable {
    public let name: String
    public let tensor: Tensor
  }

  public let input: Tensor
  /// In the order of computation.
  public private(set) var nodes: [Node] = []
  public private(set) var outputs: [Output] = []

  public init(input: Shape, parts: Int = 1) {
    self.input = Tensor(index: 0, shape: input, parts: parts)
  }

  /// Applies the layers to a tensor and returns the last result.
  ///
  /// The layer at place 3 of the block "encoder" is named "encoder.3".
  public mutating func append(_ block: Block, to tensor: Tensor) -> Tensor {
    block.layers.enumerated().reduce(tensor) { input, item in
      let output = newTensor(item.element.output(of: input.shape), parts: input.parts)
      nodes.append(
        Node(
          operation: .layer(item.element, name: "\(block.name).\(item.offset)"), input: input,
          output: output))
      return output
    }
  }

  /// The samples of one part of a tensor that has several.
  public mutating func part(_ index: Int, of tensor: Tensor) -> Tensor {
    precondition((0..<tensor.parts).contains(index), "a tensor of \(tensor.parts) parts")
    let output = newTensor(tensor.shape, parts: 1)
    nodes.append(Node(operation: .part(index), input: tensor, output: output))
    return output
  }

  /// The samples of the first, then those of the second, so that both go through the same layers.
  ///
  /// ```swift
  /// let faces = network.append(decoder, to: network.stack(sourceCode, targetCode))
  /// network.output("source", of: network.part(0, of: faces))
  /// network.output("target", of: network.part(1, of: faces))
  /// ```
  public mutating func stack(_ first: Tensor, _ second: Tensor) -> Tensor {
    precondition(first.shape == second.shape, "what is stacked has equal shapes")
    let output = newTensor(first.shape, parts: first.parts + second.parts)
    nodes.append(Node(operation: .stack(second), input: first, output: output))
    return output
  }

  /// Number by number.
  public mutating func sum(_ first: Tensor, _ second: Tensor) -> Tensor {
    precondition(
      (first.shape, first.parts) == (second.shape, second.parts), "a sum is of equal shapes")
    let output = newTensor(first.shape, parts: first.parts)
    nodes.append(Node(operation: .sum(second), input: first, output: output))
    return output
  }

  /// The channels of the first, then those of the second.
  public mutating func concatenate(_ first: Tensor, _ second: Tensor) -> Tensor {
    precondition(
      (first.shape.height, first.shape.width, first.parts)
        == (second.shape.height, second.shape.width, second.parts), "of equal height and width")
    let shape = Shape(
      first.shape.channels + second.shape.channels, first.shape.height, first.shape.width)
    let output = newTensor(shape, parts: first.parts)
    nodes.append(Node(operation: .concatenate(second), input: first, output: output))
    return output
  }

  public mutating func output(_ name: String, of tensor: Tensor) {
    outputs.append(Output(name: name, tensor: tensor))
  }

  private func newTensor(_ shape: Shape, parts: Int) -> Tensor {
    Tensor(index: nodes.count + 1, shape: shape, parts: parts)
  }

  /// The weights it needs, in the order of its layers.
  public var parameters: [Parameter] {
    nodes.flatMap { node -> [Parameter] in
      guard case .layer(let layer, let name) = node.operation else { return [] }
      switch layer {
      case .convolution(let channels, let kernel, _):
        return [
          Parameter("\(name).weight", [kernel, kernel, node.input.shape.channels, channels]),
          Parameter("\(name).bias", [channels]),
        ]
      case .dense(let count):
        return [
          Parameter("\(name).weight", [node.input.shape.count, count]),
          Parameter("\(name).bias", [count]),
        ]
      default: return []
      }
    }
  }

  /// Multiplications and additions of one forward pass over `batch`, each counted as one.
  public func operations(batch: Int) -> Int {
    nodes.reduce(0) { sum, node in
      guard case .layer(let layer, _) = node.operation else { return sum }
      let samples = batch * node.output.parts
      switch layer {
      case .convolution(_, let kernel, _):
        let window = kernel * kernel * node.input.shape.channels
        return sum + 2 * samples * window * node.output.shape.count
      case .dense(let count):
        return sum + 2 * samples * count * node.input.shape.count
      default: return sum
      }
    }
  }
}

/// A named array of weights.
///
/// A convolution's is `[kernel, kernel, in, out]`, a dense layer's `[in, out]`.
public struct Parameter: Hashable, Sendable {
  public let name: String
  public let shape: [Int]

  public init(_ name: String, _ shape: [Int]) {
    (self.name, self.shape) = (name, shape)
  }

  public var count: Int { shape.reduce(1, *) }
}
