internal import CKernels

/// Channels to pixels, by copying.
struct PixelShuffleKernel: Kernel {
  let input: TensorMemory
  let output: TensorMemory
  let factor: Int
  let workers: Workers

  var scratchCount: Int { 0 }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    workers.run(input.samples) { sample in
      kernels_depth_to_space(
        input.values + sample * input.shape.count, Int32(input.shape.height),
        Int32(input.shape.width), Int32(output.shape.channels), Int32(factor),
        output.values + sample * input.shape.count)
    }
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let from = output.gradient, let to = input.gradient else { return }
    workers.run(input.samples) { sample in
      kernels_space_to_depth(
        from + sample * input.shape.count, Int32(input.shape.height), Int32(input.shape.width),
        Int32(output.shape.channels), Int32(factor), to + sample * input.shape.count)
    }
  }
}

/// An activation that could not be done together with the layer before it.
struct ActivationKernel: Kernel {
  let input: TensorMemory
  let output: TensorMemory
  let activation: Activation
  let workers: Workers

  var scratchCount: Int { 0 }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    workers.run(over: input.count, by: 1 << 16) { range in
      let to = output.values + range.lowerBound
      to.update(from: input.values + range.lowerBound, count: range.count)
      var zero: Float = 0
      // One column: every number is a row.
      activation.forward(to, rows: range.count, columns: 1, stride: 1, bias: &zero)
    }
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let from = output.gradient, let to = input.gradient else { return }
    workers.run(over: input.count, by: 1 << 16) { range in
      let gradient = to + range.lowerBound
      gradient.update(from: from + range.lowerBound, count: range.count)
      activation.backward(
        values: output.values + range.lowerBound, gradient: gradient, count: range.count)
    }
  }
}
