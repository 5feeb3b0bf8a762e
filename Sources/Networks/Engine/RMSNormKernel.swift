/// Divides each sample by the root of the mean of its squares.
struct RMSNormKernel: Kernel {
  let input: TensorMemory
  let output: TensorMemory
  let epsilon: Float
  let workers: Workers

  var scratchCount: Int { 0 }

  /// What a sample is multiplied by.
  private func factor(_ values: UnsafePointer<Float>) -> Float {
    let mean = Self.dot(values, values, count: input.shape.count) / Double(input.shape.count)
    return Float(1 / (mean + Double(epsilon)).squareRoot())
  }

  /// In doubles, for a code is tens of thousands of numbers.
  private static func dot(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int
  ) -> Double {
    var sum = 0.0
    for at in 0..<count { sum += Double(first[at]) * Double(second[at]) }
    return sum
  }

  func forward(scratch: UnsafeMutablePointer<Float>) {
    let count = input.shape.count
    workers.run(input.samples) { sample in
      let (from, to) = (input.values + sample * count, output.values + sample * count)
      let factor = factor(from)
      for at in 0..<count { to[at] = factor * from[at] }
    }
  }

  /// With y = f · x the slope of the loss in x is f · (g − y · mean(g · y)).
  func backward(scratch: UnsafeMutablePointer<Float>) {
    guard let gradient = output.gradient, let slopes = input.gradient else { return }
    let count = input.shape.count
    workers.run(input.samples) { sample in
      let (from, made) = (gradient + sample * count, output.values + sample * count)
      let to = slopes + sample * count
      let factor = factor(input.values + sample * count)
      let mean = Float(Self.dot(from, made, count: count) / Double(count))
      for at in 0..<count { to[at] = factor * (from[at] - made[at] * mean) }
    }
  }
}
