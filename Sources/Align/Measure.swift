/// A number about a face, with the version of the rule that made it, so that a better rule can
/// find and replace what an older one wrote.
public struct Measure: Hashable, Sendable, Codable {
  public var name: String
  public var value: Double
  public var version: Int

  public init(name: String, value: Double, version: Int) {
    self.name = name
    self.value = value
    self.version = version
  }
}
