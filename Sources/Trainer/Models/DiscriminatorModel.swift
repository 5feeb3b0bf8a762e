package import Networks

/// A network that tells true faces from answered ones, patch by patch.
///
/// A U-Net: down to a square where each number sees a patch of about an eighth of the face, and up again
/// to one number a pixel, with what was seen on the way down. Both ends say how true their place looks, as the
/// logarithm of the odds. Source: Schönfeld et al., "A U-Net Based Discriminator for Generative Adversarial Networks",
/// 2020, in the sizes that DeepFaceLab took; where that goes up by transposed convolutions, this one turns channels into
/// pixels, as all decoders here do.
package enum DiscriminatorModel {
  /// Channels at the full resolution; they double at each step down, up to 512.
  static let channels = 16

  /// Outputs: "patches" `[1, resolution / s, resolution / s]`, with s the product of the strides, and "pixels"
  /// `[1, resolution, resolution]`.
  package static func network(resolution: Int) -> Network {
    let strides = strides(patch: resolution / 8, resolution: resolution)
    var network = Network(input: Shape(3, resolution, resolution))
    var (seen, tensor) = ([Network.Tensor](), network.input)
    func block(_ name: String, _ layers: [Layer]) -> Block {
      Block("discriminator.\(name)", layers)
    }
    tensor = network.append(
      block("in", [.convolution(channels: channels, kernel: 1), .leakyReLU(0.2)]), to: tensor)
    for (level, stride) in strides.enumerated() {
      seen.append(tensor)
      let down = Layer.convolution(channels: width(level + 1), kernel: 3, stride: stride)
      tensor = network.append(block("down\(level)", [down, .leakyReLU(0.2)]), to: tensor)
    }
    network.output(
      "patches",
      of: network.append(block("patches", [.convolution(channels: 1, kernel: 1)]), to: tensor))
    tensor = network.append(
      block("middle", [.convolution(channels: width(strides.count), kernel: 1), .leakyReLU(0.2)]),
      to: tensor)
    for (level, stride) in strides.enumerated().reversed() {
      let up: [Layer] =
        stride == 2
        ? [.convolution(channels: 4 * width(level), kernel: 3), .leakyReLU(0.2), .pixelShuffle(2)]
        : [.convolution(channels: width(level), kernel: 3), .leakyReLU(0.2)]
      tensor = network.append(block("up\(level)", up), to: tensor)
      tensor = network.concatenate(seen[level], tensor)
    }
    network.output(
      "pixels",
      of: network.append(block("pixels", [.convolution(channels: 1, kernel: 1)]), to: tensor))
    return network
  }

  private static func width(_ level: Int) -> Int { min(512, channels << level) }

  /// Pixels that a number sees after 3 × 3 convolutions of these strides.
  package static func patch(_ strides: [Int]) -> Int {
    var (side, step) = (1, 1)
    for stride in strides {
      side += 2 * step
      step *= stride
    }
    return side
  }

  /// Strides, at most 8 and the first of them 2, whose patch is nearest to this one.
  ///
  /// Of equal ones the fewest, then those that halve most often. Their product divides the resolution.
  package static func strides(patch wanted: Int, resolution: Int) -> [Int] {
    let all = (1...8).flatMap { count in
      (0..<1 << (count - 1)).map { choice in
        [2] + (0..<count - 1).map { choice >> $0 & 1 == 1 ? 2 : 1 }
      }
    }
    let possible = all.filter { resolution % $0.reduce(1, *) == 0 }
    func rank(_ strides: [Int]) -> (Int, Int, Int) {
      (abs(patch(strides) - wanted), strides.count, -strides.reduce(0, +))
    }
    guard let best = possible.min(by: { rank($0) < rank($1) }) else {
      preconditionFailure("an odd resolution cannot be halved")
    }
    return best
  }
}
