internal import CKernels

/// A convolution or a dense layer with its bias and activation: windows side by side (im2col),
/// then one matrix product.
///
/// The windows of a slab, a few whole samples, are kept at a time.
struct AffineKernel: Kernel {
  let input: TensorMemory
  let output: TensorMemory
  let weight: WeightMemory
  let bias: WeightMemory
  let activation: Activation
  let workers: Workers
  /// Nil for a dense layer, whose windows are its inputs.
  private let window: kernels_window?
  /// Numbers in a window.
  private let depth: Int
  private let samplesInSlab: Int

  /// Numbers of windows kept at a time: 16 MB.
  private static let slabCount = 4 << 20

  init(
    layer: Layer, input: TensorMemory, output: TensorMemory, weight: WeightMemory,
    bias: WeightMemory, activation: Activation, workers: Workers
  ) {
    (self.input, self.output, self.weight, self.bias) = (input, output, weight, bias)
    (self.activation, self.workers) = (activation, workers)
    guard case .convolution(_, let kernel, let stride) = layer else {
      window = nil
      depth = input.shape.count
      samplesInSlab = input.samples
      return
    }
    window = kernels_window(
      channels: Int32(input.shape.channels), height: Int32(input.shape.height),
      width: Int32(input.shape.width), kernel: Int32(kernel), stride: Int32(stride),
      padding: Int32((kernel - 1) / 2), out_height: Int32(output.shape.height),
      out_width: Int32(output.shape.width))
    depth = kernel * kernel * input.shape.channels
    samplesInSlab = min(
      input.samples, max(1, Self.slabCount / (depth * output.shape.height * output.shape.width)))
  }

  private var area: Int { output.shape.height * output.shape.width }
  private var columns: Int { output.shape.channels }

  var scratchCount: Int { window == nil ? 0 : samplesInSlab * area * depth }

  private func forEachSlab(_ body: (Range<Int>) -> Void) {
    for first in stride(from: 0, to: input.samples, by: samplesInSlab) {
      body(first..<min(input.samples, first + samplesInSlab))
    }
  }

  /// The windows of some samples, one a row.
  private func windows(
    of samples: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) -> Matrix {
    guard var window else { return Matrix(base: input.values, stride: depth) }
    let rowsInPiece = max(1, 256 / output.shape.width)
    let pieces = (output.shape.height + rowsInPiece - 1) / rowsInPiece
    workers.run(samples.count * pieces) { index in
      let sample = index / pieces
      let first = index % pieces * rowsInPiece
      kernels_gather(
        &window, input.values + (samples.lowerBound + sample) * input.shape.count, Int32(first),
        Int32(min(rowsInPiece, output.shape.height - first)),
        scratch + (sample * area + first * output.shape.width) * depth)
    }
    return Matrix(base: scratch, stride: depth)
  }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    forEachSlab { samples in
      let start = samples.lowerBound * area
      let result = Matrix(base: output.values + start * columns, stride: columns)
      MatrixProduct(rows: samples.count * area, columns: columns, depth: depth).run(
        windows(of: samples, scratch: scratch), Matrix(base: weight.values, stride: columns),
        into: result, workers: workers
      ) { block in activate(block, of: result) }
    }
  }

  private func activate(_ block: Block2D, of result: Matrix) {
    activation.forward(
      result.pointer(row: block.rows.lowerBound, column: block.columns.lowerBound),
      rows: block.rows.count, columns: block.columns.count, stride: result.stride,
      bias: bias.values + block.columns.lowerBound)
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let gradient = output.gradient, let weightGradient = weight.gradient else { return }
    activation.backward(output, workers: workers)
    bias.sumRows(of: output, workers: workers)
    forEachSlab { samples in
      let answer = Matrix(base: gradient + samples.lowerBound * area * columns, stride: columns)
      var windows = windows(of: samples, scratch: scratch)
      windows.isTransposed = true
      MatrixProduct(rows: depth, columns: columns, depth: samples.count * area).run(
        windows, answer, into: Matrix(base: weightGradient, stride: columns),
        adding: samples.lowerBound > 0, workers: workers)
      propagate(answer, samples: samples, scratch: scratch)
    }
  }

  /// The gradient of the input.
  private func propagate(
    _ answer: Matrix, samples: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let gradient = input.gradient else { return }
    let weights = Matrix(base: weight.values, stride: columns, isTransposed: true)
    let result = Matrix(base: window == nil ? gradient : scratch, stride: depth)
    MatrixProduct(rows: samples.count * area, columns: depth, depth: columns).run(
      answer, weights, into: result, workers: workers)
    guard var window else { return }
    let rowsInPiece = max(1, 256 / input.shape.width)
    let pieces = (input.shape.height + rowsInPiece - 1) / rowsInPiece
    workers.run(samples.count * pieces) { index in
      let sample = index / pieces
      let first = index % pieces * rowsInPiece
      kernels_scatter(
        &window, scratch + sample * area * depth, Int32(first),
        Int32(min(rowsInPiece, input.shape.height - first)),
        gradient + (samples.lowerBound + sample) * input.shape.count)
    }
  }
}
