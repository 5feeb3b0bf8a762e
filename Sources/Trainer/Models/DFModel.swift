import Networks

extension Architecture {
  /// DeepFaceLab's `df` family: any resolution, residual decoders, a learned mask.
  ///
  /// A decoder a side: the swap has all of the source's features. `resolution` in pixels, a multiple of
  /// 16, or of 32 with `.doubled`; traps on any other.
  public static func df(
    resolution: Int = 128, widths: Widths = Widths(), options: Options = []
  ) -> Architecture {
    let layers = FamilyLayers(resolution: resolution, options: options, widths: widths)
    return Architecture(
      name: "df", resolution: resolution, hasMask: true,
      encode: { network, face in
        let encoder = Block("encoder", layers.encoder + layers.inter(channels: widths.code))
        return network.append(encoder, to: face)  // [code, 2 · side, 2 · side]
      },
      decode: { network, code, name in layers.decode(code, name, in: &network) })
  }
}
