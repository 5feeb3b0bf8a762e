internal import CKernels

/// Adds the gradients of all who read a tensor.
struct FanKernel: Kernel {
  let input: TensorMemory
  let branches: [TensorMemory]
  let workers: Workers

  var scratchCount: Int { 0 }

  /// The branches have the input's values.
  func forward(scratch: UnsafeMutablePointer<Float>) {}

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let to = input.gradient else { return }
    let gradients = branches.compactMap(\.gradient)
    workers.run(over: input.count, by: 1 << 16) { range in
      let at = range.lowerBound
      to.advanced(by: at).update(from: gradients[0] + at, count: range.count)
      for gradient in gradients.dropFirst() {
        kernels_add(gradient + at, 1, range.count, to + at)
      }
    }
  }
}

/// Adds two tensors.
struct SumKernel: Kernel {
  let first: TensorMemory
  let second: TensorMemory
  let output: TensorMemory
  let workers: Workers

  var scratchCount: Int { 0 }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    workers.run(over: output.count, by: 1 << 16) { range in
      let at = range.lowerBound
      output.values.advanced(by: at).update(from: first.values + at, count: range.count)
      kernels_add(second.values + at, 1, range.count, output.values + at)
    }
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let from = output.gradient else { return }
    for to in [first.gradient, second.gradient].compactMap(\.self) {
      workers.copy(from, to: to, count: output.count)
    }
  }
}

/// Puts the channels of two tensors side by side.
struct ConcatenateKernel: Kernel {
  let first: TensorMemory
  let second: TensorMemory
  let output: TensorMemory
  let workers: Workers

  var scratchCount: Int { 0 }

  private var pixels: Int { output.count / output.shape.channels }

  /// For each pixel, where its channels of the first and the second input begin in the output.
  private func forEachPixel(_ body: (_ pixel: Int, _ first: Int, _ second: Int) -> Void) {
    workers.run(over: pixels, by: 4096) { range in
      for pixel in range {
        let start = pixel * output.shape.channels
        body(pixel, start, start + first.shape.channels)
      }
    }
  }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    let (a, b) = (first.shape.channels, second.shape.channels)
    forEachPixel { pixel, left, right in
      (output.values + left).update(from: first.values + pixel * a, count: a)
      (output.values + right).update(from: second.values + pixel * b, count: b)
    }
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let from = output.gradient else { return }
    let (a, b) = (first.shape.channels, second.shape.channels)
    forEachPixel { pixel, left, right in
      if let to = first.gradient { (to + pixel * a).update(from: from + left, count: a) }
      if let to = second.gradient { (to + pixel * b).update(from: from + right, count: b) }
    }
  }
}

/// Puts the samples of one tensor after those of another.
struct StackKernel: Kernel {
  let first: TensorMemory
  let second: TensorMemory
  let output: TensorMemory
  let workers: Workers

  var scratchCount: Int { 0 }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    workers.copy(first.values, to: output.values, count: first.count)
    workers.copy(second.values, to: output.values + first.count, count: second.count)
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let from = output.gradient else { return }
    if let to = first.gradient { workers.copy(from, to: to, count: first.count) }
    if let to = second.gradient {
      workers.copy(from + first.count, to: to, count: second.count)
    }
  }
}

extension Workers {
  fileprivate func copy(
    _ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int
  ) {
    run(over: count, by: 1 << 16) { range in
      (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
    }
  }
}
