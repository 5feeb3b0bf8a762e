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
