/// The size of one sample: `[channels, height, width]`.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  public var channels: Int
  public var height: Int
  public var width: Int

  public init(_ channels: Int, _ height: Int = 1, _ width: Int = 1) {
    precondition(channels > 0 && height > 0 && width > 0, "a shape has no empty side")
    (self.channels, self.height, self.width) = (channels, height, width)
  }

  /// Numbers in a sample.
  public var count: Int { channels * height * width }

  public var description: String { "[\(channels), \(height), \(width)]" }
}

/// One operation of a network, without its weights.
public enum Layer: Hashable, Sendable {
  /// A square kernel with a bias. Zeros surround the picture, (kernel − 1) / 2 on each side, so
  /// that stride 1 keeps its size and stride 2 halves it.
  case convolution(channels: Int, kernel: Int, stride: Int = 1)
  /// Every input to every output, with a bias. The input is read in the order height, width,
  /// channel; the output is `[count, 1, 1]`.
  case dense(Int)
  /// x above 0, slope · x below.
  case leakyReLU(Float)
  case sigmoid
  /// Channels become pixels (DeepFaceLab's and TensorFlow's `depth_to_space`): channel
  /// (dy · factor + dx) · C + c moves to pixel (dy, dx) of channel c.
  case pixelShuffle(Int)
  /// Each sample divided by the root of the mean of its squares: x / √(mean(x²) + epsilon), the mean over
  /// all numbers of the sample. No weights.
  ///
  /// Source: DeepFaceLab's `pixel_norm` of a flattened code, where epsilon is 1e-6.
  case rmsNorm(epsilon: Float)
  /// The same numbers in another shape, in the order height, width, channel.
  case reshape(Shape)

  /// The shape it makes of `input`.
  ///
  /// Traps where they do not fit.
  public func output(of input: Shape) -> Shape {
    switch self {
    case .convolution(let channels, let kernel, let stride):
      precondition(kernel % 2 == 1 && stride > 0 && channels > 0, "a kernel has an odd side")
      return Shape(channels, (input.height - 1) / stride + 1, (input.width - 1) / stride + 1)
    case .dense(let count):
      return Shape(count)
    case .leakyReLU, .sigmoid, .rmsNorm:
      return input
    case .pixelShuffle(let factor):
      precondition(input.channels % (factor * factor) == 0, "channels do not divide into pixels")
      return Shape(
        input.channels / (factor * factor), input.height * factor, input.width * factor)
    case .reshape(let shape):
      precondition(shape.count == input.count, "\(input) cannot become \(shape)")
      return shape
    }
  }
}

/// Layers one after the other under a name, such as "encoder".
public struct Block: Hashable, Sendable {
  public let name: String
  public let layers: [Layer]

  public init(_ name: String, _ layers: [Layer]) {
    (self.name, self.layers) = (name, layers)
  }
}
