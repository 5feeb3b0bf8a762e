package import FaceCore
import Foundation
package import Networks

/// The network that says who a face is: from an aligned square to numbers that are near for one person
/// and far for two.
package enum EmbeddingNetwork {
  /// Pixels of the square.
  package static let side = 64
  /// Pixels of a side that become channels.
  package static let block = 2
  /// Numbers of a tower's answer; only their direction means something.
  package static let count = 128
  private static let slope: Float = 0.1

  /// Where the points of `fivePoints(of:)` are brought to, as near as turning, scaling and shifting can,
  /// in pixels of the square: brows, cheeks and chin are in it, hair hardly.
  package static let template: [Point] = [
    (0.335, 0.39), (0.665, 0.39), (0.5, 0.58), (0.365, 0.76), (0.635, 0.76),
  ].map { Point(x: $0.0 * Float(side), y: $0.1 * Float(side)) }

  /// One of two networks of the same shape that learnt differently, and so err differently: together they
  /// err less than either.
  package enum Tower: String, Sendable, CaseIterable {
    /// Learnt to tell people apart.
    case people = "embedding"
    /// Learnt to say what a teacher says.
    case taught
  }

  /// The tower that learns from people alone.
  package static let network = network([.people])

  /// An output for each tower, of its name, `[128, 1, 1]`, of a square `[4, 32, 32]`.
  package static func network(_ towers: [Tower]) -> Network {
    let half = side / block
    var network = Network(input: Shape(block * block, half, half))
    for tower in towers { add(tower.rawValue, to: &network) }
    return network
  }

  /// Those that weights are of, by their names; that of people where they are of none.
  package static func towers(of weights: Parameters) -> [Tower] {
    let found = Tower.allCases.filter { tower in
      weights.entries.contains { $0.name.hasPrefix("\(tower.rawValue).") }
    }
    return found.isEmpty ? [.people] : found
  }

  private static func add(_ name: String, to network: inout Network) {
    func convolution(_ channels: Int, stride: Int = 1) -> [Layer] {
      [.convolution(channels: channels, kernel: 3, stride: stride), .leakyReLU(slope)]
    }
    var tensor = network.append(Block("\(name).stem", convolution(32)), to: network.input)
    for (stage, channels) in [48, 96, 128].enumerated() {
      tensor = network.append(
        Block("\(name).down\(stage)", convolution(channels, stride: 2)), to: tensor)
      let more = network.append(
        Block("\(name).stage\(stage)", convolution(channels) + convolution(channels)), to: tensor)
      tensor = network.sum(tensor, more)
    }
    network.output(
      name,
      of: network.append(
        Block("\(name).head", convolution(128, stride: 2) + [.dense(count)]), to: tensor))
  }

  /// The square as the network takes it: luma less its mean, over its deviation, so that exposure and
  /// contrast say nothing.
  package static func input(of square: GrayImage) -> [Float] {
    let blocks = pixelBlocks(of: square, block: block)
    let share = 1 / Float(blocks.count)
    let mean = blocks.reduce(0, +) * share
    let variance = blocks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * share
    // A square of one grey is no face; it stays small.
    let factor = 1 / max(0.05, variance.squareRoot())
    return blocks.map { ($0 - mean) * factor }
  }
}

extension FaceSquare {
  /// The square that the embedding network sees, in pixels of the picture.
  package init(aligning landmarks: Landmarks) {
    let pixels = Double(EmbeddingNetwork.side)
    let map = FaceCore.AffineTransform.similarity(
      from: fivePoints(of: landmarks), to: EmbeddingNetwork.template)
    let middle = Float(pixels / 2)
    self.init(
      center: map.inverse.apply(Point(x: middle, y: middle)), side: Float(pixels / map.meanScale),
      roll: -Float(atan2(map.c, map.a)))
  }
}
