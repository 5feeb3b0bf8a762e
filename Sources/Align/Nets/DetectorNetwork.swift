package import Networks

/// The network of the built-in detector: a pyramid of convolutions that says for each place of three
/// grids whether a face is centred there, its box and five points of it.
///
/// The picture comes in as luma, each block of 4 × 4 pixels as the 16 channels of one place, so that
/// the finest convolutions run at a quarter of its sides. Anchor-free, strides 8, 16 and 32; the idea
/// is YuNet's (Wu, Peng and Yu, 2023), the layers are chosen for this engine: plain 3 × 3 convolutions
/// of 16 channels and their multiples, which Winograd's method suits.
package enum DetectorNetwork {
  /// Pixels of a side that become channels.
  package static let block = 4
  /// Pixels between the places of each output, in their order.
  package static let strides = [8, 16, 32]
  /// Sides of a picture are multiples of this.
  package static let multiple = 32
  /// Numbers for each place: `Field`.
  package static let channels = 16

  /// What the numbers of a place say.
  package enum Field {
    /// The logarithm of the odds that a face is centred near.
    package static let score = 0
    /// From the place to the box's centre, in strides.
    package static let center = 1...2
    /// Of the box's width and height in strides, their natural logarithms.
    package static let size = 3...4
    /// From the place to the points, in strides: image-left eye, image-right eye, tip of the nose,
    /// image-left and image-right corner of the mouth.
    package static let points = 5...14
  }

  private static let slope: Float = 0.1

  /// Outputs "8", "16" and "32", each `[16, height / stride, width / stride]`, of a picture
  /// `[16, height / 4, width / 4]`.
  ///
  /// Traps unless the sides are multiples of 32.
  package static func network(width: Int, height: Int) -> Network {
    precondition(width % multiple == 0 && height % multiple == 0, "sides are multiples of 32")
    var network = Network(input: Shape(block * block, height / block, width / block))
    func convolution(_ channels: Int, stride: Int = 1) -> [Layer] {
      [.convolution(channels: channels, kernel: 3, stride: stride), .leakyReLU(slope)]
    }
    var tensor = network.append(
      Block("detector.stem", convolution(32) + convolution(32)), to: network.input)
    for stride in strides {
      tensor = network.append(
        Block("detector.stage\(stride)", convolution(48, stride: 2) + convolution(48)), to: tensor)
      network.output(
        "\(stride)",
        of: network.append(
          Block("detector.head\(stride)", [.convolution(channels: channels, kernel: 1)]),
          to: tensor))
    }
    return network
  }
}
