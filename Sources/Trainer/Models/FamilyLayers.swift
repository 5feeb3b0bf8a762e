import Networks

extension Architecture {
  /// What `df` and `liae` may have besides; their letters are the peers'.
  public struct Options: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `-u`: what the encoder makes of a face is divided by the root of the mean of its squares, so
    /// that faces of one pose lie closer to each other.
    public static let normalized = Options(rawValue: 1)
    /// `-d`: the decoder works at half the resolution and answers four pixels at each place, which costs
    /// a quarter; for resolutions that would not fit otherwise.
    public static let doubled = Options(rawValue: 2)
  }

  /// How wide the layers of `df` and `liae` are.
  public struct Widths: Hashable, Sendable, Codable {
    /// Numbers between encoder and decoder.
    public var code: Int
    /// Channels of the first encoder layer.
    public var encoder: Int
    /// An eighth of the channels of the first decoder layer.
    public var decoder: Int
    /// The same for the mask.
    public var mask: Int

    /// The peers' defaults.
    public init(code: Int = 256, encoder: Int = 64, decoder: Int = 64, mask: Int = 22) {
      (self.code, self.encoder, self.decoder, self.mask) = (code, encoder, decoder, mask)
    }
  }
}

/// The layers that `df` and `liae` are made of.
///
/// Source: the layers of SAEHD, DeepFaceLab's "DeepFakeArchi".
struct FamilyLayers: Sendable {
  let options: Architecture.Options
  let widths: Architecture.Widths
  /// Side of the code as a picture, before it is doubled.
  let side: Int

  /// Traps where `resolution` is no multiple of 16, or of 32 with doubled pixels.
  init(resolution: Int, options: Architecture.Options, widths: Architecture.Widths) {
    let step = Self.step(options)
    precondition(resolution > 0 && resolution % step == 0, "a multiple of \(step)")
    (self.options, self.widths, side) = (options, widths, resolution / step)
  }

  /// Resolutions are multiples of this.
  static func step(_ options: Architecture.Options) -> Int {
    options.contains(.doubled) ? 32 : 16
  }

  /// [3, resolution, resolution] to [8 · encoder, resolution / 16, resolution / 16].
  var encoder: [Layer] {
    let halving = [1, 2, 4, 8].flatMap { times -> [Layer] in
      [.convolution(channels: widths.encoder * times, kernel: 5, stride: 2), .leakyReLU(0.1)]
    }
    return halving + (options.contains(.normalized) ? [.rmsNorm(epsilon: 1e-6)] : [])
  }

  /// To a code, and from there to [channels, 2 · side, 2 · side].
  func inter(channels: Int) -> [Layer] {
    [
      .dense(widths.code),
      .dense(channels * side * side), .reshape(Shape(channels, side, side)),
    ] + Self.doubling(channels)
  }

  /// From the code to the face and its mask.
  func decode(
    _ code: Network.Tensor, _ name: String, in network: inout Network
  ) -> [Network.Tensor] {
    var face = code  // [channels, 2 · side, 2 · side]
    for (step, times) in [8, 4, 2].enumerated() {
      let up = Block("\(name).up\(step)", Self.doubling(widths.decoder * times))
      face = network.append(up, to: face)
      face = Self.residual("\(name).residual\(step)", face, in: &network)
    }  // [2 · decoder, 16 · side, 16 · side]
    face =
      options.contains(.doubled)
      ? fourHeads(name, face, in: &network)
      : network.append(
        Block("\(name).face", [.convolution(channels: 3, kernel: 1), .sigmoid]), to: face)
    let steps = options.contains(.doubled) ? [8, 4, 2, 1] : [8, 4, 2]
    let mask = network.append(
      Block(
        "\(name).mask",
        steps.flatMap { Self.doubling(widths.mask * $0) }
          + [.convolution(channels: 1, kernel: 1), .sigmoid]),
      to: code)
    return [face, mask]
  }

  /// Four answers, of which each gives one pixel of every square of four: the first that at the top
  /// left, the second that to its right, the others those below.
  private func fourHeads(
    _ name: String, _ tensor: Network.Tensor, in network: inout Network
  ) -> Network.Tensor {
    let heads = (0..<4).map { head in
      network.append(
        Block("\(name).face\(head)", [.convolution(channels: 3, kernel: head == 0 ? 1 : 3)]),
        to: tensor)
    }
    let all = heads.dropFirst().reduce(heads[0]) { network.concatenate($0, $1) }
    return network.append(Block("\(name).pixels", [.pixelShuffle(2), .sigmoid]), to: all)
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
