internal import CKernels

extension Schedule {
  func kernels(
    tensors: [TensorMemory], parameters: Parameters, gradients: Parameters?, workers: Workers,
    functions: winograd_kernels
  ) -> [any Kernel] {
    func weights(_ name: String) -> WeightMemory {
      WeightMemory(values: parameters.pointer(name), gradient: gradients?.pointer(name))
    }
    return steps.map { step in
      let inputs = step.inputs.map { tensors[$0] }
      let outputs = step.outputs.map { tensors[$0] }
      switch step.work {
      case .fan: return FanKernel(input: inputs[0], branches: outputs, workers: workers)
      case .sum:
        return SumKernel(first: inputs[0], second: inputs[1], output: outputs[0], workers: workers)
      case .concatenate:
        return ConcatenateKernel(
          first: inputs[0], second: inputs[1], output: outputs[0], workers: workers)
      case .stack:
        return StackKernel(
          first: inputs[0], second: inputs[1], output: outputs[0], workers: workers)
      case .layer(let layer, let name, let activation):
        return kernel(
          for: layer, activation, inputs[0], outputs[0], weights: { weights("\(name).\($0)") },
          workers: workers, functions: functions)
      }
    }
  }

  private func kernel(
    for layer: Layer, _ activation: Activation, _ input: TensorMemory, _ output: TensorMemory,
    weights: (String) -> WeightMemory, workers: Workers, functions: winograd_kernels
  ) -> any Kernel {
    switch layer {
    case .convolution(_, _, let stride)
    where WinogradKernel.suits(layer, input: input.shape, output: output.shape):
      WinogradKernel(
        stride: stride, input: input, output: output, weight: weights("weight"),
        bias: weights("bias"), activation: activation, workers: workers, functions: functions)
    case .convolution(_, let kernel, _)
    where NarrowConvolutionKernel.suits(layer, input: input.shape):
      NarrowConvolutionKernel(
        kernel: kernel, input: input, output: output, weight: weights("weight"),
        bias: weights("bias"), activation: activation, workers: workers)
    case .convolution, .dense:
      AffineKernel(
        layer: layer, input: input, output: output, weight: weights("weight"),
        bias: weights("bias"), activation: activation, workers: workers)
    case .pixelShuffle(let factor):
      PixelShuffleKernel(input: input, output: output, factor: factor, workers: workers)
    case .leakyReLU, .sigmoid:
      ActivationKernel(input: input, output: output, activation: activation, workers: workers)
    case .rmsNorm(let epsilon):
      RMSNormKernel(input: input, output: output, epsilon: epsilon, workers: workers)
    case .reshape:
      preconditionFailure("a reshape is a view")
    }
  }
}
