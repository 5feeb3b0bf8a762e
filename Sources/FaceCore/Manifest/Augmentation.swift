extension ManifestRow {
  /// What the trainer may do to the face besides its own random warp.
  public struct Augmentation: Codable, Hashable, Sendable {
    /// Whether a mirrored copy of the face, and of each variant, may be shown at random.
    public var mirror: Bool
    /// Changed copies of the face that are trained on beside it; not written when there are none, as
    /// manifests had no such key at first.
    public var variants: [FaceVariant]

    public init(mirror: Bool, variants: [FaceVariant] = []) {
      (self.mirror, self.variants) = (mirror, variants)
    }

    /// Most variants a face may have.
    public static let variantLimit = 16

    private enum CodingKeys: String, CodingKey { case mirror, variants }

    /// Throws where there are more than `variantLimit`, and what `FaceVariant` throws.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      mirror = try values.decode(Bool.self, forKey: .mirror)
      variants = try values.decodeIfPresent([FaceVariant].self, forKey: .variants) ?? []
      guard variants.count <= Self.variantLimit else {
        throw DecodingError.dataCorruptedError(
          forKey: .variants, in: values,
          debugDescription: "\(variants.count) variants, more than \(Self.variantLimit)")
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(mirror, forKey: .mirror)
      if !variants.isEmpty { try values.encode(variants, forKey: .variants) }
    }
  }
}
