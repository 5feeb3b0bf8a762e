import FaceCore
import Foundation

/// Portraits in a file, so that trainings need not draw them anew: 8 bytes of length, a JSON list of what is
/// known of each, then luma and alpha of each.
package enum PortraitFile {
  private struct Entry: Codable {
    var width: Int
    var height: Int
    var landmarks: Landmarks
    var visible: [Bool]
    var pose: Pose?
    var showsFace: Bool
    var person: Int
  }

  /// Throws the system's reason where it cannot be written.
  package static func write(_ portraits: [Portrait], to path: String) throws {
    let entries = portraits.map {
      Entry(
        width: $0.luma.width, height: $0.luma.height, landmarks: $0.landmarks, visible: $0.visible,
        pose: $0.pose, showsFace: $0.showsFace, person: $0.person)
    }
    let header = try JSONEncoder().encode(entries)
    var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    data += header
    for portrait in portraits {
      data += portrait.luma.bytes
      data += portrait.alpha.bytes
    }
    try AtomicFile.write(data, to: path)
  }

  /// Throws for a file that is not one, or is cut off.
  package static func read(_ path: String) throws -> [Portrait] {
    let data = try FileError.naming(path, "cannot be read") {
      try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    }
    let damaged = FileError(subject: path, reason: "not a file of portraits, or cut off")
    guard data.count >= 8 else { throw damaged }
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(data.count - 8) else { throw damaged }
    var place = 8 + Int(length)
    // Why the list is none matters to nobody.
    guard let entries = try? JSONDecoder().decode([Entry].self, from: data[8..<place]) else {
      throw damaged
    }
    return try entries.map { entry in
      let (area, isTooLarge) = entry.width.multipliedReportingOverflow(by: entry.height)
      guard entry.visible.count == Landmarks.count, entry.width > 0, area > 0, !isTooLarge,
        area <= (data.count - place) / 2
      else { throw damaged }
      defer { place += 2 * area }
      func picture(_ start: Int) -> GrayImage {
        GrayImage(
          width: entry.width, height: entry.height, bytes: [UInt8](data[start..<start + area]))
      }
      return Portrait(
        luma: picture(place), alpha: picture(place + area), landmarks: entry.landmarks,
        visible: entry.visible, pose: entry.pose, showsFace: entry.showsFace, person: entry.person)
    }
  }
}
