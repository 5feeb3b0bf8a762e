/// What the engine runs for one or two layers, with its memory settled.
protocol Kernel {
  /// Numbers of scratch memory it needs.
  var scratchCount: Int { get }
  func forward(scratch: UnsafeMutablePointer<Float>)
  /// Reads the gradient of its output, writes those of its weights and its input. It may use up
  /// the gradient of its output.
  func backward(scratch: UnsafeMutablePointer<Float>)
}

/// The memory of a tensor: `[samples, height, width, channels]`.
struct TensorMemory {
  let values: UnsafeMutablePointer<Float>
  /// Nil where no gradient is wanted.
  let gradient: UnsafeMutablePointer<Float>?
  let samples: Int
  let shape: Shape

  var count: Int { samples * shape.count }
}

/// The memory of one array of weights.
struct WeightMemory {
  let values: UnsafeMutablePointer<Float>
  let gradient: UnsafeMutablePointer<Float>?
}
