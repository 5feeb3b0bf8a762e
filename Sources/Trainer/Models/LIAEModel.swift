import Networks

extension Architecture {
  /// DeepFaceLab's `liae` family: one decoder for both, and two halves of a code that say whose face it
  /// is.
  ///
  /// The shared half, which both people teach, is the whole code of the source; the target's code has
  /// a half of its own in front. A target's face with the shared half twice is the swap, which so keeps more of the
  /// target's light and shape than that of `df`. `resolution` in pixels, a multiple of 16, or
  /// of 32 with `.doubled`; traps on any other.
  public static func liae(
    resolution: Int = 128, widths: Widths = Widths(), options: Options = []
  ) -> Architecture {
    let layers = FamilyLayers(resolution: resolution, options: options, widths: widths)
    let encoder = Block("encoder", layers.encoder)
    // Each half of the code: [2 · code, 2 · side, 2 · side].
    let shared = Block("inter.shared", layers.inter(channels: 2 * widths.code))
    let own = Block("inter.target", layers.inter(channels: 2 * widths.code))
    return Architecture(
      name: "liae", resolution: resolution, hasMask: true,
      both: { network, faces in
        let seen = network.append(encoder, to: faces)
        let (source, target) = (network.part(0, of: seen), network.part(1, of: seen))
        let common = network.append(shared, to: network.stack(source, target))
        let (half, targetHalf) = (network.part(0, of: common), network.part(1, of: common))
        let codes = network.stack(
          network.concatenate(half, half),
          network.concatenate(network.append(own, to: target), targetHalf))
        let made = layers.decode(codes, "decoder", in: &network)
        return (made.map { network.part(0, of: $0) }, made.map { network.part(1, of: $0) })
      },
      one: { network, face, side in
        let seen = network.append(encoder, to: face)
        let half = network.append(shared, to: seen)
        let first = side == .source ? half : network.append(own, to: seen)
        return layers.decode(network.concatenate(first, half), "decoder", in: &network)
      })
  }
}
