package import Networks

/// The network of the built-in landmarks: from a square about a face to its 68 points, how far each may
/// be off, whether each is seen, and how the head is turned.
package enum LandmarkNetwork {
  /// Pixels of the square.
  package static let side = 96
  /// Pixels of a side that become channels.
  package static let block = 2
  /// Numbers of an answer: `Field`.
  package static let count = 4 * 68 + 7

  /// What the numbers of an answer say.
  package enum Field {
    /// Places of the points, x and y by turns, from −1 to 1 across the square.
    package static let points = 0..<136
    /// The logarithm of how far each is likely off, in the same unit: the mean of a Laplace distribution.
    package static let spread = 136..<204
    /// The logarithm of the odds that each is seen.
    package static let visible = 204..<272
    /// The first two rows of the head's rotation matrix, in the square's frame.
    ///
    /// Source: Zhou et al., "On the Continuity of Rotation Representations in Neural Networks", 2019.
    package static let rotation = 272..<278
    /// The logarithm of how far those are likely off.
    package static let rotationSpread = 278
  }

  private static let slope: Float = 0.1

  /// Output "face" `[279, 1, 1]` of a square `[4, 48, 48]`.
  package static let network: Network = {
    let half = side / block
    var network = Network(input: Shape(block * block, half, half))
    func convolution(_ channels: Int, stride: Int = 1) -> [Layer] {
      [.convolution(channels: channels, kernel: 3, stride: stride), .leakyReLU(slope)]
    }
    var tensor = network.append(Block("landmarks.stem", convolution(32)), to: network.input)
    for (stage, channels) in [48, 80, 128].enumerated() {
      tensor = network.append(
        Block("landmarks.down\(stage)", convolution(channels, stride: 2)), to: tensor)
      let more = network.append(
        Block("landmarks.stage\(stage)", convolution(channels)), to: tensor)
      tensor = network.sum(tensor, more)
    }
    network.output(
      "face",
      of: network.append(
        Block("landmarks.head", [.dense(112), .leakyReLU(slope), .dense(count)]), to: tensor))
    return network
  }()
}
