/// A changed copy of a face, as numbers: what is done to its crop, in the order of the properties
/// from `mirror` on, so that it shows what `cell` lacks.
///
/// Lengths are pixels of the stored crop, whatever the size it is trained at.
public struct FaceVariant: Hashable, Sendable {
  /// The cell it is meant to fill.
  public var cell: FaceCell
  /// How often it is drawn, relative to the mean of the faces of its side.
  public var weight: Double

  public var mirror: Bool
  public var rotate: Turn?
  public var relight: Light?
  public var color: Color?
  /// The side it is made smaller to before it is brought back to its own, as a part of it.
  public var scale: Double?
  public var blur: Blur?
  /// Deviation of normal noise, alike in all channels of a pixel, in 8-bit steps.
  public var noise: Double?
  /// Quality it is compressed with, as libjpeg counts, colours at half the resolution.
  public var jpeg: Int?

  /// A turn of the head.
  public struct Turn: Codable, Hashable, Sendable {
    /// What yaw and pitch grow by, in degrees.
    public var yaw, pitch: Double

    public init(yaw: Double, pitch: Double) {
      (self.yaw, self.pitch) = (yaw.tenThousandths, pitch.tenThousandths)
    }
  }

  /// A change of colours: away from luma, then each channel by its gain, on sRGB values.
  public struct Color: Codable, Hashable, Sendable {
    /// Of red, green and blue.
    public var gain: [Double]
    /// 1 changes nothing, 0 is grey.
    public var saturation: Double

    public init(gain: [Double], saturation: Double) {
      (self.gain, self.saturation) = (gain.map(\.tenThousandths), saturation.tenThousandths)
    }
  }

  /// What a lens or a movement smears.
  public struct Blur: Codable, Hashable, Sendable {
    /// Deviation of the Gaussian, in pixels; 0 is none.
    public var sigma: Double
    /// How far the picture moved evenly while it was taken, in pixels; nil is not at all.
    public var length: Double?
    /// Along which line, in degrees counter-clockwise from image right; nil is 0.
    public var angle: Double?

    public init(sigma: Double, length: Double? = nil, angle: Double? = nil) {
      self.sigma = sigma.tenThousandths
      (self.length, self.angle) = (length?.tenThousandths, angle?.tenThousandths)
    }
  }

  /// Numbers are rounded to ten-thousandths; traps where one is out of range.
  public init(
    cell: FaceCell, weight: Double = 1, mirror: Bool = false, rotate: Turn? = nil,
    relight: Light? = nil, color: Color? = nil, scale: Double? = nil, blur: Blur? = nil,
    noise: Double? = nil, jpeg: Int? = nil
  ) {
    (self.cell, self.weight) = (cell, weight.tenThousandths)
    (self.mirror, self.rotate, self.color) = (mirror, rotate, color)
    self.relight = relight.map { light in
      Light(harmonics: light.harmonics.map { Float(Double($0).tenThousandths) })
    }
    (self.scale, self.blur) = (scale?.tenThousandths, blur)
    (self.noise, self.jpeg) = (noise?.tenThousandths, jpeg)
    if let fault { preconditionFailure(fault) }
  }

  /// The same picture for whichever cell, however often.
  public func shows(_ other: FaceVariant) -> Bool {
    var same = other
    (same.cell, same.weight) = (cell, weight)
    return self == same
  }

  /// Furthest a head may be turned along each angle, in degrees: beyond it a picture shows too much
  /// that no camera saw.
  public static let turnLimit = 20.0

  /// What is out of range; nil when nothing is.
  var fault: String? {
    func fault(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) -> String? {
      guard let value, !range.contains(value) else { return nil }
      return "\(name) \(value) is not in \(range.lowerBound) to \(range.upperBound)"
    }
    let turn = -Self.turnLimit...Self.turnLimit
    if let color, color.gain.count != 3 { return "a gain has 3 numbers, not \(color.gain.count)" }
    let faults =
      [
        fault("weight", weight, 0.0001...1000),
        fault("a turn of", rotate?.yaw, turn), fault("a turn of", rotate?.pitch, turn),
        fault("saturation", color?.saturation, 0...4), fault("scale", scale, 0.05...1),
        fault("a blur of", blur?.sigma, 0...32), fault("a blur of", blur?.length, 0...64),
        fault("an angle of", blur?.angle, -360...360), fault("noise", noise, 0...64),
        fault("JPEG quality", jpeg.map { Double($0) }, 1...100),
        fault("light", (relight?.harmonics[0]).map { Double($0) }, 0.0001...1000),
      ] + (color?.gain ?? []).map { fault("gain", $0, 0.1...10) }
      + (relight?.harmonics ?? []).map { fault("light", Double($0), -1000...1000) }
    return faults.lazy.compactMap(\.self).first
  }
}

extension FaceVariant: Codable {
  private enum CodingKeys: String, CodingKey {
    case cell, weight, mirror, rotate, relight, color, scale, blur, noise, jpeg
  }

  /// Throws where a number is out of range: a manifest may come from anybody.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    cell = try values.decode(FaceCell.self, forKey: .cell)
    weight = try values.decode(Double.self, forKey: .weight)
    mirror = try values.decodeIfPresent(Bool.self, forKey: .mirror) ?? false
    rotate = try values.decodeIfPresent(Turn.self, forKey: .rotate)
    color = try values.decodeIfPresent(Color.self, forKey: .color)
    scale = try values.decodeIfPresent(Double.self, forKey: .scale)
    blur = try values.decodeIfPresent(Blur.self, forKey: .blur)
    noise = try values.decodeIfPresent(Double.self, forKey: .noise)
    jpeg = try values.decodeIfPresent(Int.self, forKey: .jpeg)
    let harmonics = try values.decodeIfPresent([Float].self, forKey: .relight)
    guard harmonics?.count ?? 9 == 9 else {
      throw DecodingError.dataCorruptedError(
        forKey: .relight, in: values, debugDescription: "light has 9 coefficients")
    }
    relight = harmonics.map(Light.init)
    if let fault {
      throw DecodingError.dataCorruptedError(
        forKey: .cell, in: values, debugDescription: "variant \(cell): \(fault)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cell, forKey: .cell)
    try values.encode(weight, forKey: .weight)
    if mirror { try values.encode(true, forKey: .mirror) }
    try values.encodeIfPresent(rotate, forKey: .rotate)
    try values.encodeIfPresent(relight?.harmonics, forKey: .relight)
    try values.encodeIfPresent(color, forKey: .color)
    try values.encodeIfPresent(scale, forKey: .scale)
    try values.encodeIfPresent(blur, forKey: .blur)
    try values.encodeIfPresent(noise, forKey: .noise)
    try values.encodeIfPresent(jpeg, forKey: .jpeg)
  }
}

extension Double {
  /// Rounded to ten-thousandths, without a negative zero.
  package var tenThousandths: Double { (self * 1e4).rounded() / 1e4 + 0 }
}
