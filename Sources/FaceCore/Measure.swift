/// One raw number about a face, with the version of the rule that made it, so that a better rule
/// can find and replace what an older one wrote.
public struct Measure: Hashable, Sendable, Codable {
  public var name: String
  /// In the measure's own unit; finite.
  public var value: Double
  /// From 1.
  public var version: Int

  public init(name: String, value: Double, version: Int) {
    self.name = name
    self.value = value
    self.version = version
  }

  /// The names that queries know.
  ///
  /// Others are kept, too.
  public static let sharpness = "sharpness"
  public static let doubt = "doubt"
  /// The share of the face that something covers, 0 to 1.
  public static let occluded = "occluded"
  /// Mean linear luminance of the skin, 0 to 1.
  public static let luminance = "luminance"
  /// How far the mouth and the eyes are open, as ratios.
  public static let mouth = "mouth"
  public static let eyes = "eyes"
}
