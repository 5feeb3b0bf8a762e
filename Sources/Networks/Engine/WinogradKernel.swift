internal import CKernels

/// A convolution of 3×3 with stride 1, or of 5×5 with stride 2, by Winograd's minimal filtering.
///
/// Inputs and weights are transformed, multiplied at each of 36 points, and the sums transformed back; a few
/// dozen tiles of 4×4 outputs at a time, so that all but the inputs stays in the cache. The way back to the
/// input is the same with the weights turned around.
struct WinogradKernel: Kernel {
  let input: TensorMemory
  let output: TensorMemory
  let weight: WeightMemory
  let bias: WeightMemory
  let activation: Activation
  let workers: Workers
  let functions: winograd_kernels
  /// From input to output, and from output to input.
  private let way: winograd_shape
  private let back: winograd_shape

  /// Numbers of transformed inputs that are kept at a time: 8 MB, which a cache holds.
  private static let chunkCount = 2 << 20
  /// The same when weights' gradients are computed, for which long sums are best: 64 MB.
  private static let longChunkCount = 16 << 20

  /// Whether it can be done, and is less work.
  static func suits(_ layer: Layer, input: Shape, output: Shape) -> Bool {
    guard case .convolution(_, let kernel, let stride) = layer else { return false }
    let isFolded = (kernel, stride) == (5, 2) && input.height % 2 == 0 && input.width % 2 == 0
    guard (kernel, stride) == (3, 1) || isFolded else { return false }
    guard input.channels % 16 == 0, output.channels % 16 == 0 else { return false }
    let tiles = ((output.height + 3) / 4) * ((output.width + 3) / 4)
    let plain = kernel * kernel * output.height * output.width
    return tiles * (isFolded ? 121 : 36) * 3 / 2 < plain
  }

  init(
    stride: Int, input: TensorMemory, output: TensorMemory, weight: WeightMemory,
    bias: WeightMemory, activation: Activation, workers: Workers, functions: winograd_kernels
  ) {
    (self.input, self.output, self.weight, self.bias) = (input, output, weight, bias)
    (self.activation, self.workers, self.functions) = (activation, workers, functions)
    let isFolded: Int32 = stride == 2 ? 1 : 0
    let (height, width) = (Int32(output.shape.height), Int32(output.shape.width))
    let inner = Int32(input.shape.channels) * (isFolded == 1 ? 4 : 1)
    let outer = Int32(output.shape.channels)
    way = winograd_shape(
      height: height, width: width, in_channels: inner, out_channels: outer, folded_in: isFolded,
      folded_out: 0)
    back = winograd_shape(
      height: height, width: width, in_channels: outer, out_channels: inner, folded_in: 0,
      folded_out: isFolded)
  }

  private var points: Int { Int(winograd_points) }
  private var panelWidth: Int { 2 * Int(functions.lanes) }
  private var tileCount: Int {
    input.samples * ((Int(way.height) + 3) / 4) * ((Int(way.width) + 3) / 4)
  }

  private func panels(of shape: winograd_shape) -> Int {
    var shape = shape
    return Int(winograd_panels(&shape, functions.lanes))
  }

  // MARK: Memory

  /// Numbers from one tile to the next: never a multiple of 4 kB, at which lines meet in the cache.
  private func tileStep(_ shape: winograd_shape) -> Int { Int(shape.in_channels) + 16 }

  /// Tiles that are transformed at a time.
  private func chunk(_ shape: winograd_shape, limit: Int, more: Int = 0) -> Int {
    let block = Int(winograd_tile_block)
    let blocks = limit / (points * (tileStep(shape) + more)) / block
    return min(tileCount, max(1, blocks) * block)
  }

  private func packedCount(_ shape: winograd_shape) -> Int {
    panels(of: shape) * Int(shape.in_channels) * 9 * panelWidth
  }

  private func transformedCount(_ shape: winograd_shape, tiles: Int) -> Int {
    points * (tiles * tileStep(shape) + 16)
  }

  /// Of the weights' gradient: output channels as they lie in panels.
  private var gradientWidth: Int { panels(of: way) * panelWidth }
  private var longChunk: Int {
    chunk(way, limit: Self.longChunkCount, more: gradientWidth)
  }

  /// Scratch memory: packed weights, transformed tiles, transformed gradients, then a piece a worker.
  private var places: (tiles: Int, gradients: Int, workers: Int) {
    let packed = max(packedCount(way), packedCount(back))
    let tiles =
      [
        transformedCount(way, tiles: chunk(way, limit: Self.chunkCount)),
        transformedCount(back, tiles: chunk(back, limit: Self.chunkCount)),
        transformedCount(way, tiles: longChunk),
      ].max() ?? 0
    let gradients = points * longChunk * gradientWidth
    return (packed, packed + tiles, packed + tiles + gradients)
  }

  private var workerCount: Int { Int(winograd_scratch(functions.lanes)) }
  var scratchCount: Int { places.workers + workers.threads * workerCount }

  // MARK: Work

  func forward(scratch: UnsafeMutablePointer<Float>) {
    var shape = way
    workers.run(over: Int(way.in_channels), by: 16) { range in
      functions.pack(
        &shape, weight.values, Int32(range.lowerBound), Int32(range.count), scratch)
    }
    let slope: Float
    switch activation {
    case .leaky(let below): slope = below
    case .none, .sigmoid: slope = 1
    }
    if case .sigmoid = activation {
      convolve(way, input.values, to: output.values, bias: nil, slope: slope, scratch: scratch)
      let channels = output.shape.channels
      workers.run(over: output.count / channels, by: 256) { rows in
        activation.forward(
          output.values + rows.lowerBound * channels, rows: rows.count, columns: channels,
          stride: channels, bias: bias.values)
      }
    } else {
      convolve(
        way, input.values, to: output.values, bias: bias.values, slope: slope, scratch: scratch)
    }
  }

  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let gradient = output.gradient else { return }
    activation.backward(output, workers: workers)
    bias.sumRows(of: output, workers: workers)
    learn(from: gradient, scratch: scratch)
    guard let to = input.gradient else { return }
    var shape = back
    workers.run(panels(of: back)) { panel in
      functions.pack_back(&shape, weight.values, Int32(panel), scratch)
    }
    convolve(back, gradient, to: to, bias: nil, slope: 1, scratch: scratch)
  }

  /// Weights are packed already.
  private func convolve(
    _ shape: winograd_shape, _ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>?, slope: Float, scratch: UnsafeMutablePointer<Float>
  ) {
    var shape = shape
    let (panels, places) = (panels(of: shape), places)
    let size = chunk(shape, limit: Self.chunkCount)
    for first in stride(from: 0, to: tileCount, by: size) {
      var tiles = transformed(
        &shape, from, first: first, count: min(size, tileCount - first), to: scratch + places.tiles)
      let count = Int(tiles.count)
      let blocks = (count + Int(winograd_tile_block) - 1) / Int(winograd_tile_block)
      workers.run(panels * blocks) { index, worker in
        let start = count * (index % blocks) / blocks
        let end = count * (index % blocks + 1) / blocks
        functions.multiply(
          &shape, scratch, &tiles, Int32(index / blocks), Int32(first + start), Int32(end - start),
          bias, slope, to, scratch + places.workers + worker * workerCount)
      }
    }
  }

  private func transformed(
    _ shape: inout winograd_shape, _ from: UnsafePointer<Float>, first: Int, count: Int,
    to: UnsafeMutablePointer<Float>
  ) -> winograd_tiles {
    let step = tileStep(shape)
    // An odd number of lines between points, for the same reason.
    let pointStep = (count * step / 16) % 2 == 0 ? count * step + 16 : count * step
    var tiles = winograd_tiles(
      values: to, tile_step: step, point_step: pointStep, first: Int32(first), count: Int32(count))
    workers.run(over: count, by: 4) { range in
      functions.transform_input(
        &shape, from, Int32(first + range.lowerBound), Int32(range.count), &tiles)
    }
    return tiles
  }

  /// The gradient of the weights.
  private func learn(
    from gradient: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let weightGradient = weight.gradient else { return }
    var shape = way
    let (panels, blocks, places) = (panels(of: way), Int(winograd_blocks(&shape)), places)
    let size = longChunk
    for first in stride(from: 0, to: tileCount, by: size) {
      let count = min(size, tileCount - first)
      var tiles = transformed(
        &shape, input.values, first: first, count: count, to: scratch + places.tiles)
      workers.run(over: count, by: 4) { range in
        functions.transform_gradient(
          &shape, gradient, Int32(first), Int32(count), Int32(first + range.lowerBound),
          Int32(range.count), scratch + places.gradients)
      }
      workers.run(panels * blocks) { index, worker in
        functions.weight_gradient(
          &shape, &tiles, scratch + places.gradients, Int32(index / blocks),
          Int32(index % blocks), first > 0 ? 1 : 0, weightGradient,
          scratch + places.workers + worker * workerCount)
      }
    }
  }
}
