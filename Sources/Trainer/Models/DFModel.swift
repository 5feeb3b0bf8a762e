import Networks

extension Architecture {
  /// DeepFaceLab's `df` family: any resolution, residual decoders, a learned mask.
  ///
  /// Source: SAEHD, "DeepFakeArchi"; the figures are its defaults. `resolution` in pixels, a multiple of
  /// 16; traps on any other.
  ///
  /// - Parameters:
  ///   - code: Numbers between encoder and decoder.
  ///   - encoder: Channels of the first encoder layer.
  ///   - decoder: An eighth of the channels of the first decoder layer.
  ///   - mask: The same for the mask.
  public static func df(
    resolution: Int = 128, code: Int = 256, encoder: Int = 64, decoder: Int = 64, mask: Int = 22
  ) -> Architecture {
    precondition(resolution > 0 && resolution % 16 == 0, "a multiple of 16")
    let side = resolution / 16
    return Architecture(
      name: "df", resolution: resolution, hasMask: true,
      encode: { network, face in
        network.append(
          Block(
            "encoder",
            [
              // [3, 16 · side, 16 · side]
              .convolution(channels: encoder, kernel: 5, stride: 2), .leakyReLU(0.1),
              .convolution(channels: encoder * 2, kernel: 5, stride: 2), .leakyReLU(0.1),
              .convolution(channels: encoder * 4, kernel: 5, stride: 2), .leakyReLU(0.1),
              .convolution(channels: encoder * 8, kernel: 5, stride: 2), .leakyReLU(0.1),
              // [8 · encoder, side, side]
              .dense(code),
              .dense(code * side * side), .reshape(Shape(code, side, side)),
            ] + doubling(code)),
          to: face)  // [code, 2 · side, 2 · side]
      },
      decode: { network, code, name in
        var face = code
        for (step, channels) in [decoder * 8, decoder * 4, decoder * 2].enumerated() {
          face = network.append(Block("\(name).up\(step)", doubling(channels)), to: face)
          face = residual("\(name).residual\(step)", face, in: &network)
        }  // [2 · decoder, 16 · side, 16 · side]
        face = network.append(
          Block("\(name).face", [.convolution(channels: 3, kernel: 1), .sigmoid]), to: face)
        let seen = network.append(
          Block(
            "\(name).mask",
            doubling(mask * 8) + doubling(mask * 4) + doubling(mask * 2)
              + [.convolution(channels: 1, kernel: 1), .sigmoid]),
          to: code)
        return [face, seen]
      })
  }

  /// Twice as high and wide.
  private static func doubling(_ channels: Int) -> [Layer] {
    [.convolution(channels: 4 * channels, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2)]
  }

  /// What two layers add to a tensor.
  private static func residual(
    _ name: String, _ tensor: Network.Tensor, in network: inout Network
  ) -> Network.Tensor {
    let channels = tensor.shape.channels
    let added = network.append(
      Block(
        name,
        [
          .convolution(channels: channels, kernel: 3), .leakyReLU(0.2),
          .convolution(channels: channels, kernel: 3),
        ]), to: tensor)
    return network.append(
      Block("\(name).sum", [.leakyReLU(0.2)]), to: network.sum(added, tensor))
  }
}
