import FaceCore
import Foundation
import Networks

/// The plain version: one number at a time, in doubles, `[sample][channel][row][column]`.
struct ReferenceNetwork {
  let network: Network
  var weights: [String: [Double]]

  init(_ network: Network, _ parameters: Parameters) {
    self.network = network
    weights = Dictionary(
      uniqueKeysWithValues: network.parameters.map {
        ($0.name, parameters[$0.name].map(Double.init))
      })
  }

  /// The outputs for an input of `parts · batch` samples.
  func forward(_ input: [Double], batch: Int) -> [[Double]] {
    var tensors = [Int: [Double]]()
    tensors[network.input.index] = input
    for node in network.nodes {
      let values = tensors[node.input.index, default: []]
      let size = node.input.shape.count
      switch node.operation {
      case .part(let index):
        tensors[node.output.index] = Array(
          values[index * batch * size..<(index + 1) * batch * size])
      case .sum(let other):
        tensors[node.output.index] = zip(values, tensors[other.index, default: []]).map { $0 + $1 }
      case .stack(let other):
        tensors[node.output.index] = values + tensors[other.index, default: []]
      case .concatenate(let other):
        let more = tensors[other.index, default: []]
        let width = other.shape.count
        var joined: [Double] = []
        for sample in 0..<values.count / size {
          joined += values[sample * size..<(sample + 1) * size]
          joined += more[sample * width..<(sample + 1) * width]
        }
        tensors[node.output.index] = joined
      case .layer(let layer, let name):
        tensors[node.output.index] = stride(from: 0, to: values.count, by: size).flatMap {
          apply(layer, name, Array(values[$0..<$0 + size]), node.input.shape, node.output.shape)
        }
      }
    }
    return network.outputs.map { tensors[$0.tensor.index, default: []] }
  }

  private func array(_ name: String) -> [Double] {
    guard let values = weights[name] else { preconditionFailure("no weights named \(name)") }
    return values
  }

  private func apply(
    _ layer: Layer, _ name: String, _ x: [Double], _ from: Shape, _ to: Shape
  ) -> [Double] {
    switch layer {
    case .leakyReLU(let slope): return x.map { $0 > 0 ? $0 : Double(slope) * $0 }
    case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
    case .rmsNorm(let epsilon):
      let square = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
      return x.map { $0 / (square + Double(epsilon)).squareRoot() }
    case .dense(let count):
      let w = array("\(name).weight")
      let flat = reordered(x, from: from, to: Shape(from.count))
      return (0..<count).map { o in
        flat.indices.reduce(array("\(name).bias")[o]) { $0 + flat[$1] * w[$1 * count + o] }
      }
    case .reshape(let shape): return reordered(x, from: from, to: shape)
    case .pixelShuffle(let factor):
      return grid(to) { c, y, x2 in
        let deep = ((y % factor) * factor + x2 % factor) * to.channels + c
        return x[(deep * from.height + y / factor) * from.width + x2 / factor]
      }
    case .convolution(_, let kernel, let stride):
      return convolve(x, name, from, to, kernel, stride)
    }
  }

  private func convolve(
    _ values: [Double], _ name: String, _ from: Shape, _ to: Shape, _ kernel: Int, _ stride: Int
  ) -> [Double] {
    let w = array("\(name).weight")
    return grid(to) { o, y, x in
      var sum = array("\(name).bias")[o]
      for ky in 0..<kernel {
        for kx in 0..<kernel {
          let (row, column) = (y * stride + ky - kernel / 2, x * stride + kx - kernel / 2)
          guard (0..<from.height).contains(row), (0..<from.width).contains(column) else { continue }
          for c in 0..<from.channels {
            sum +=
              values[(c * from.height + row) * from.width + column]
              * w[((ky * kernel + kx) * from.channels + c) * to.channels + o]
          }
        }
      }
      return sum
    }
  }

  private func grid(_ shape: Shape, _ value: (Int, Int, Int) -> Double) -> [Double] {
    (0..<shape.channels).flatMap { c in
      (0..<shape.height).flatMap { y in (0..<shape.width).map { value(c, y, $0) } }
    }
  }

  /// Through the order height, width, channel, which is that of reshaping.
  private func reordered(_ x: [Double], from: Shape, to: Shape) -> [Double] {
    var flat = [Double](repeating: 0, count: x.count)
    for (index, value) in x.enumerated() {
      let (c, area) = (index / (from.height * from.width), index % (from.height * from.width))
      flat[area * from.channels + c] = value
    }
    return grid(to) { c, y, x in flat[(y * to.width + x) * to.channels + c] }
  }
}

func random(_ count: Int, seed: UInt64, in range: ClosedRange<Float> = -1...1) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in .random(in: range, using: &generator) }
}
