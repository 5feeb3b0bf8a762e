internal import CKernels

/// A network with its weights and all its memory, ready to run.
///
/// For one thread at a time.
public final class Executable {
  public let network: Network
  public let batch: Int
  public let parameters: Parameters
  /// What `backward` leaves; nil when compiled for inference.
  public let gradients: Parameters?

  private let arena: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>
  private let tensors: [TensorMemory]
  /// In the network's order.
  private let outputs: [TensorMemory]
  private let kernels: [any Kernel]
  private let workers: Workers

  init(
    network: Network, batch: Int, purpose: CPUEngine.Purpose, parameters: Parameters,
    wantsInputGradient: Bool, workers: Workers, functions: winograd_kernels
  ) {
    (self.network, self.batch, self.parameters) = (network, batch, parameters)
    self.workers = workers
    gradients = purpose == .training ? Parameters(network.parameters) : nil
    let schedule = Schedule(network, wantsInputGradient: wantsInputGradient)
    let placement = Placement(schedule, batch: batch, training: purpose == .training)
    arena = allocateFloats(placement.count)
    let tensors = placement.memory(in: arena)
    self.tensors = tensors
    outputs = schedule.outputs.map { tensors[$0] }
    kernels = schedule.kernels(
      tensors: tensors, parameters: parameters, gradients: gradients, workers: workers,
      functions: functions)
    scratch = allocateFloats(kernels.map(\.scratchCount).max() ?? 0)
  }

  deinit {
    arena.deallocate()
    scratch.deallocate()
  }

  /// Takes `[parts · batch, channels, height, width]` and returns the outputs in the network's
  /// order and the same layout.
  public func forward(_ input: [Float]) -> [[Float]] {
    let memory = tensors[network.input.index]
    precondition(input.count == memory.count, "the input does not fill \(memory.shape)")
    input.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      interleave(from, memory.shape, samples: memory.samples, to: memory.values)
    }
    for kernel in kernels { kernel.forward(scratch: scratch) }
    return outputs.map { planes($0.values, of: $0) }
  }

  /// The slope of the loss in the input, `[parts · batch, channels, height, width]`, as the last `backward`
  /// left it.
  ///
  /// Traps unless it was compiled for that.
  public func inputGradient() -> [Float] {
    let memory = tensors[network.input.index]
    guard let gradient = memory.gradient else {
      preconditionFailure("compiled without the input's gradient")
    }
    return planes(gradient, of: memory)
  }

  private func planes(_ pixels: UnsafePointer<Float>, of memory: TensorMemory) -> [Float] {
    [Float](unsafeUninitializedCapacity: memory.count) { buffer, count in
      count = memory.count
      guard let to = buffer.baseAddress else { return }
      workers.run(memory.samples) { sample in
        let at = sample * memory.shape.count
        kernels_deinterleave(
          pixels + at, Int32(memory.shape.channels), memory.shape.height * memory.shape.width,
          to + at)
      }
    }
  }

  /// Takes the gradient of each output of the last `forward` and fills `gradients`.
  public func backward(_ outputGradients: [[Float]]) {
    precondition(gradients != nil, "compiled for inference")
    precondition(outputGradients.count == network.outputs.count, "one gradient for each output")
    for (memory, gradient) in zip(outputs, outputGradients) {
      precondition(gradient.count == memory.count, "the gradient does not fill \(memory.shape)")
      gradient.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = memory.gradient else { return }
        interleave(from, memory.shape, samples: memory.samples, to: to)
      }
    }
    for kernel in kernels.reversed() { kernel.backward(scratch: scratch) }
  }

  private func interleave(
    _ planes: UnsafePointer<Float>, _ shape: Shape, samples: Int,
    to pixels: UnsafeMutablePointer<Float>
  ) {
    workers.run(samples) { sample in
      kernels_interleave(
        planes + sample * shape.count, Int32(shape.channels), shape.height * shape.width,
        pixels + sample * shape.count)
    }
  }
}
