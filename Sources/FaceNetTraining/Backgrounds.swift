package import FaceCore
import Foundation
import Media

/// Pictures without faces, which portraits are put before.
package struct Backgrounds: Sendable {
  package let pictures: [GrayImage]
  /// What is beside the faces of annotated pictures: clothes, hands, rooms.
  package private(set) var surroundings: [GrayImage] = []
  /// Longest side that is kept, in pixels.
  private static let longestSide = 1200

  package init(pictures: [GrayImage]) { self.pictures = pictures }

  /// All JPEG and PNG files of a folder and the folders in it, in the order of their paths.
  ///
  /// Throws for a folder or a picture that cannot be read.
  package init(folder: String) throws {
    let names = try FileError.naming(folder, "cannot be read") {
      try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }
    pictures = try names.filter {
      ["jpg", "jpeg", "png"].contains(URL(fileURLWithPath: $0).pathExtension.lowercased())
    }.map { name in
      let gray = GrayImage(try ImageFile.read(path: "\(folder)/\(name)"))
      let scale = min(1, Float(Self.longestSide) / Float(max(gray.width, gray.height)))
      return gray.resampled(
        from: Box(x: 0, y: 0, width: Float(gray.width), height: Float(gray.height)),
        width: max(1, Int(Float(gray.width) * scale)),
        height: max(1, Int(Float(gray.height) * scale)))
    }
  }

  /// The same with what annotated pictures show beside and below their face.
  package func with(surroundingsOf portraits: [Portrait]) -> Backgrounds {
    var result = self
    result.surroundings = portraits.flatMap { portrait -> [GrayImage] in
      let (picture, box) = (portrait.luma, faceBox(of: portrait.landmarks))
      let (width, height) = (Float(picture.width), Float(picture.height))
      let parts = [
        Box(x: 0, y: 0, width: box.x - 0.35 * box.width, height: height),
        Box(
          x: box.x + 1.35 * box.width, y: 0, width: width - box.x - 1.35 * box.width,
          height: height),
        Box(
          x: 0, y: box.y + 1.4 * box.height, width: width,
          height: height - box.y - 1.4 * box.height),
      ]
      return parts.filter { min($0.width, $0.height) >= 32 }.map {
        picture.resampled(from: $0, width: Int($0.width), height: Int($0.height))
      }
    }
    return result
  }

  /// A square of `side` pixels: a chance part of a picture, or a plain wall.
  package func square(_ side: Int, using generator: inout SeededGenerator) -> Canvas {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let group = !surroundings.isEmpty && uniform(0...1) < 0.5 ? surroundings : pictures
    guard !group.isEmpty, uniform(0...1) < 0.9 else {
      return Self.wall(side, using: &generator)
    }
    let picture = group[Int.random(in: 0..<group.count, using: &generator)]
    let most = Float(min(picture.width, picture.height))
    let seen = max(32, most * exp(uniform(log(0.12)...0)))
    let part = picture.resampled(
      from: Box(
        x: uniform(0...max(0.01, Float(picture.width) - seen)),
        y: uniform(0...max(0.01, Float(picture.height) - seen)), width: seen, height: seen),
      width: side, height: side)
    var canvas = Canvas(part)
    if uniform(0...1) < 0.5 { canvas.mirror() }
    if uniform(0...1) < 0.15 { canvas.turnUpsideDown() }
    return canvas
  }

  /// A soft ramp with some bars on it.
  private static func wall(_ side: Int, using generator: inout SeededGenerator) -> Canvas {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    var canvas = Canvas(side: side, level: uniform(0...1))
    canvas.shade(
      angle: uniform(0...(2 * .pi)), from: uniform(0.5...1), to: uniform(1...1.5))
    for _ in 0..<Int(uniform(0...4)) {
      canvas.fill(
        ellipse: Point(x: uniform(0...1) * Float(side), y: uniform(0...1) * Float(side)),
        radii: (uniform(0.03...0.4) * Float(side), uniform(0.03...0.4) * Float(side)),
        angle: uniform(0...3), level: uniform(0...1), isBox: uniform(0...1) < 0.6)
    }
    return canvas
  }
}
