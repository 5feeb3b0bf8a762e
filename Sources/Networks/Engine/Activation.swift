internal import CKernels

/// What is done to each number after a layer's sum.
enum Activation {
  case none
  case leaky(Float)
  case sigmoid

  /// Adds the bias of each column and applies the function.
  ///
  /// `stride` is the distance between rows.
  func forward(
    _ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int,
    bias: UnsafePointer<Float>
  ) {
    switch self {
    case .none: kernels_bias_leaky(values, rows, columns, stride, bias, 1)
    case .leaky(let slope): kernels_bias_leaky(values, rows, columns, stride, bias, slope)
    case .sigmoid: kernels_bias_sigmoid(values, rows, columns, stride, bias)
    }
  }

  /// Multiplies the gradient by the derivative, known from the activation's value.
  func backward(
    values: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch self {
    case .none: break
    case .leaky(let slope): kernels_leaky_gradient(values, gradient, count, slope)
    case .sigmoid: kernels_sigmoid_gradient(values, gradient, count)
    }
  }

  /// The same for a whole tensor.
  func backward(_ tensor: TensorMemory, workers: Workers) {
    guard let gradient = tensor.gradient else { return }
    if case .none = self { return }
    workers.run(over: tensor.count, by: 1 << 16) { range in
      backward(
        values: tensor.values + range.lowerBound, gradient: gradient + range.lowerBound,
        count: range.count)
    }
  }
}

extension WeightMemory {
  /// The gradient of a bias: the sum of its tensor's gradient over samples and pixels.
  func sumRows(of tensor: TensorMemory, workers: Workers) {
    guard let from = tensor.gradient, let to = gradient else { return }
    let channels = tensor.shape.channels
    workers.run(over: channels, by: 32) { range in
      kernels_column_sums(
        from + range.lowerBound, tensor.count / channels, range.count, channels,
        to + range.lowerBound)
    }
  }
}
