internal import CKernels

/// A convolution of stride 1 to fewer channels than it reads, such as the last one of a decoder.
///
/// Each input pixel is multiplied by all taps at once and the products are added where they
/// belong (col2im): the windows then hold the few channels of the output, not those of the input.
struct NarrowConvolutionKernel: Kernel {
  let input: TensorMemory
  let output: TensorMemory
  let weight: WeightMemory
  let bias: WeightMemory
  let activation: Activation
  let workers: Workers
  private let kernel: Int
  /// Of the output's channels.
  private let window: kernels_window
  private let samplesInSlab: Int

  /// Numbers of products kept at a time: 16 MB.
  private static let slabCount = 4 << 20

  /// Whether it is worth it.
  static func suits(_ layer: Layer, input: Shape) -> Bool {
    guard case .convolution(let channels, let kernel, let stride) = layer else { return false }
    return stride == 1 && kernel > 1 && 2 * channels <= input.channels
  }

  init(
    kernel: Int, input: TensorMemory, output: TensorMemory, weight: WeightMemory,
    bias: WeightMemory, activation: Activation, workers: Workers
  ) {
    (self.input, self.output, self.weight, self.bias) = (input, output, weight, bias)
    (self.kernel, self.activation, self.workers) = (kernel, activation, workers)
    let (height, width) = (Int32(output.shape.height), Int32(output.shape.width))
    window = kernels_window(
      channels: Int32(output.shape.channels), height: height, width: width,
      kernel: Int32(kernel), stride: 1, padding: Int32((kernel - 1) / 2), out_height: height,
      out_width: width)
    let products = kernel * kernel * output.shape.count
    samplesInSlab = min(input.samples, max(1, Self.slabCount / products))
  }

  private var area: Int { output.shape.height * output.shape.width }
  /// Products for a pixel.
  private var depth: Int { kernel * kernel * output.shape.channels }
  private var mirroredCount: Int { (input.shape.channels * depth + 15) / 16 * 16 }

  /// The mirrored weights and their gradient lie before the products.
  var scratchCount: Int { 2 * mirroredCount + samplesInSlab * area * depth }

  private func forEachSlab(_ body: (Range<Int>) -> Void) {
    for first in stride(from: 0, to: input.samples, by: samplesInSlab) {
      body(first..<min(input.samples, first + samplesInSlab))
    }
  }

  /// Calls with the place of each weight in `[kernel, kernel, in, out]` and in the mirrored
  /// `[in, kernel, kernel, out]`, for all output channels at once.
  private func forEachTap(_ body: (_ plain: Int, _ mirrored: Int) -> Void) {
    let (channels, taps) = (input.shape.channels, kernel * kernel)
    for tap in 0..<taps {
      for channel in 0..<channels {
        body(
          (tap * channels + channel) * output.shape.channels,
          (channel * taps + taps - 1 - tap) * output.shape.channels)
      }
    }
  }

  private func mirrorWeights(into scratch: UnsafeMutablePointer<Float>) {
    forEachTap { plain, mirrored in
      (scratch + mirrored).update(from: weight.values + plain, count: output.shape.channels)
    }
  }

  private func inputs(of samples: Range<Int>) -> Matrix {
    Matrix(
      base: input.values + samples.lowerBound * input.shape.count, stride: input.shape.channels)
  }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    let channels = output.shape.channels
    mirrorWeights(into: scratch)
    let products = Matrix(base: scratch + 2 * mirroredCount, stride: depth)
    forEachSlab { samples in
      MatrixProduct(rows: samples.count * area, columns: depth, depth: input.shape.channels).run(
        inputs(of: samples), Matrix(base: scratch, stride: depth), into: products,
        workers: workers)
      forEachRows(of: samples) { sample, first, rows in
        let image = output.values + (samples.lowerBound + sample) * output.shape.count
        var window = window
        kernels_scatter(
          &window, products.base + sample * area * depth, Int32(first), Int32(rows), image)
        activation.forward(
          image + first * output.shape.width * channels, rows: rows * output.shape.width,
          columns: channels, stride: channels, bias: bias.values)
      }
    }
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let gradient = output.gradient, let weightGradient = weight.gradient else { return }
    activation.backward(output, workers: workers)
    bias.sumRows(of: output, workers: workers)
    mirrorWeights(into: scratch)
    let mirroredGradient = Matrix(base: scratch + mirroredCount, stride: depth)
    let products = Matrix(base: scratch + 2 * mirroredCount, stride: depth)
    forEachSlab { samples in
      forEachRows(of: samples) { sample, first, rows in
        var window = window
        kernels_gather(
          &window, gradient + (samples.lowerBound + sample) * output.shape.count, Int32(first),
          Int32(rows), products.base + (sample * area + first * output.shape.width) * depth)
      }
      var transposed = inputs(of: samples)
      transposed.isTransposed = true
      MatrixProduct(rows: input.shape.channels, columns: depth, depth: samples.count * area).run(
        transposed, products, into: mirroredGradient, adding: samples.lowerBound > 0,
        workers: workers)
      guard let to = input.gradient else { return }
      MatrixProduct(rows: samples.count * area, columns: input.shape.channels, depth: depth).run(
        products, Matrix(base: scratch, stride: depth, isTransposed: true),
        into: Matrix(
          base: to + samples.lowerBound * input.shape.count, stride: input.shape.channels),
        workers: workers)
    }
    forEachTap { plain, mirrored in
      (weightGradient + plain).update(
        from: mirroredGradient.base + mirrored, count: output.shape.channels)
    }
  }

  /// Pieces of the pictures of some samples, a few rows each.
  private func forEachRows(
    of samples: Range<Int>, _ body: (_ sample: Int, _ first: Int, _ rows: Int) -> Void
  ) {
    let rows = max(1, 512 / output.shape.width)
    let pieces = (output.shape.height + rows - 1) / rows
    workers.run(samples.count * pieces) { index in
      let first = index % pieces * rows
      body(index / pieces, first, min(rows, output.shape.height - first))
    }
  }
}
