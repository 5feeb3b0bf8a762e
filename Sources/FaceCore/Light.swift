import func Foundation.atan2

/// The light on a face: 9 real spherical-harmonic coefficients in the head frame, of linear
/// luminance, in the order 00, 1−1, 10, 11, 2−2, 2−1, 20, 21, 22.
///
/// Source: Basri and Jacobs, "Lambertian Reflectance and Linear Subspaces", PAMI 2003.
public struct Light: Hashable, Sendable, Codable {
  public let harmonics: [Float]

  /// Traps unless there are 9 coefficients.
  public init(harmonics: [Float]) {
    precondition(harmonics.count == 9, "light has 9 coefficients")
    self.harmonics = harmonics
  }
}

extension Light {
  /// The light of the mirrored picture: what is odd in x changes sign.
  public var mirrored: Light {
    Light(harmonics: harmonics.enumerated().map { [3, 4, 7].contains($0) ? -$1 : $1 })
  }

  /// Where the light comes from and how hard it is.
  ///
  /// Told by the first order across the face, over the constant: below 0.15 light counts as flat, also
  /// light from the camera however hard; from 0.35 as hard. Directions are sectors of 45°.
  public var bin: LightBin {
    let (across, up) = (Double(harmonics[3]), -Double(harmonics[1]))
    let constant = max(Double(harmonics[0]), .leastNormalMagnitude)
    let contrast = (across * across + up * up).squareRoot() / constant
    guard contrast >= Light.flatBelow else { return .flat }
    // From image right, counter-clockwise as one looks at the picture.
    let sector = (Int((atan2(up, across) * 4 / .pi).rounded()) + 8) % 8
    return contrast >= Light.hardFrom ? Light.hard[sector] : Light.soft[sector]
  }

  package static let flatBelow = 0.15
  package static let hardFrom = 0.35

  static let soft: [LightBin] = [
    .rightSoft, .upRightSoft, .upSoft, .upLeftSoft, .leftSoft, .downLeftSoft, .downSoft,
    .downRightSoft,
  ]
  static let hard: [LightBin] = [
    .rightHard, .upRightHard, .upHard, .upLeftHard, .leftHard, .downLeftHard, .downHard,
    .downRightHard,
  ]
}
