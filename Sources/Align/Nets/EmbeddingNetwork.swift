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
  /// Numbers of an answer; only their direction means something.
  package static let count = 128
  private static let slope: Float = 0.1

  /// Where the points of `fivePoints(of:)` are brought to, as near as turning, scaling and shifting can,
  /// in pixels of the square: brows, cheeks and chin are in it, hair hardly.
  package static let template: [Point] = [
    (0.335, 0.39), (0.665, 0.39), (0.5, 0.58), (0.365, 0.76), (0.635, 0.76),
  ].map { Point(x: $0.0 * Float(side), y: $0.1 * Float(side)) }

  /// Output "embedding" `[128, 1, 1]` of a square `[4, 32, 32]`.
  package static let network: Network = {
    let half = side / block
    var network = Network(input: Shape(block * block, half, half))
    func convolution(_ channels: Int, stride: Int = 1) -> [Layer] {
      [.convolution(channels: channels, kernel: 3, stride: stride), .leakyReLU(slope)]
    }
    var tensor = network.append(Block("embedding.stem", convolution(32)), to: network.input)
    for (stage, channels) in [48, 96, 128].enumerated() {
      tensor = network.append(
        Block("embedding.down\(stage)", convolution(channels, stride: 2)), to: tensor)
      let more = network.append(
        Block("embedding.stage\(stage)", convolution(channels) + convolution(channels)), to: tensor)
      tensor = network.sum(tensor, more)
    }
    network.output(
      "embedding",
      of: network.append(
        Block("embedding.head", convolution(128, stride: 2) + [.dense(count)]), to: tensor))
    return network
  }()

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
