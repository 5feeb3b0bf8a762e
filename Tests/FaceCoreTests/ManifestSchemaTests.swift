import FaceCore
import Foundation
import Testing

/// `manifests/manifest.schema.json` and what is written have the same keys.
@Suite struct ManifestSchemaTests {
  private struct Schema {
    let root: [String: Any]

    init() throws {
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("manifests/manifest.schema.json")
      root = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
    }

    func definition(_ name: String) throws -> [String: Any] {
      let all = try #require(root["$defs"] as? [String: Any])
      return try #require(all[name] as? [String: Any])
    }
  }

  /// Every object with `properties` has these keys and no others, and so have the objects inside.
  private func compare(_ value: Any, _ schema: [String: Any], at path: String) throws {
    if let items = schema["items"] as? [String: Any] {
      for item in try #require(value as? [Any], "\(path)") {
        try compare(item, items, at: path + "[]")
      }
    }
    guard let properties = schema["properties"] as? [String: Any] else { return }
    let object = try #require(value as? [String: Any], "\(path)")
    #expect(Set(object.keys) == Set(properties.keys), "\(path)")
    let required = try #require(schema["required"] as? [String])
    #expect(Set(required).isSubset(of: object.keys), "\(path)")
    #expect(schema["additionalProperties"] as? Bool == false, "\(path)")
    for (key, inner) in properties {
      try compare(
        try #require(object[key]), try #require(inner as? [String: Any]), at: "\(path).\(key)")
    }
  }

  private func object(_ line: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(line.utf8))
  }

  @Test func aHeaderHasTheKeysOfTheSchema() throws {
    let line = try CanonicalJSON.line(try ManifestTests.manifest().header)
    try compare(try object(line), try Schema().definition("header"), at: "header")
  }

  @Test func aRowHasTheKeysOfTheSchema() throws {
    var row = ManifestTests.row("a")
    row.light = Light(harmonics: [Float](repeating: 0.5, count: 9))
    row.augmentation.variants = [
      FaceVariant(
        cell: FaceCell(PoseCell(yaw: 3, pitch: 2)), mirror: true, rotate: .init(yaw: 4, pitch: 2),
        relight: row.light, color: .init(gain: [1, 0.9, 1.1], saturation: 0.8), scale: 0.5,
        blur: .init(sigma: 1, length: 3, angle: 30), noise: 2, jpeg: 70)
    ]
    try compare(
      try object(try CanonicalJSON.line(row)), try Schema().definition("row"), at: "row")
  }

  @Test func theFormatIsTheSchemas() throws {
    let header = try Schema().definition("header")
    let format = (header["properties"] as? [String: Any])?["format"] as? [String: Any]
    #expect(format?["const"] as? String == Manifest.format)
  }
}
