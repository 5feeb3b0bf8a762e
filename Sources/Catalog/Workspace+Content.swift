import Foundation
import GRDB

/// The catalogue's content as text, for comparing two catalogues by hash.
extension Workspace {
  /// Calls `body` with one line for each fact, sorted: videos, tracks, faces, measures and
  /// identities, with names and rejections.
  ///
  /// The lines carry no row id, no time of day, no path and no file name: the same imports and
  /// decisions give the same lines, however the work was cut into batches, interrupted or spread
  /// over threads. Numbers are printed exactly.
  public func forEachContentLine(_ body: (String) throws -> Void) throws {
    try catalog.read { db in
      for query in contentQueries {
        let rows = try Row.fetchCursor(db, sql: query)
        while let row = try rows.next() { try body(line(row)) }
      }
    }
  }

  /// The first column names the kind of line; the others follow as `name=value`.
  private func line(_ row: Row) -> String {
    var parts: [String] = []
    for (column, value) in row {
      let text =
        switch value.storage {
        case .null: "-"
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let string): escaped(string)
        case .blob(let data): hexadecimal(data)
        }
      parts.append(parts.isEmpty ? text : "\(column)=\(text)")
    }
    return parts.joined(separator: " ")
  }

  /// In quotes, so that no name can look like another column.
  private func escaped(_ string: String) -> String {
    var result = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private func hexadecimal(_ data: Data) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: data.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

private let contentQueries = [
  """
  SELECT 'video', sha256, size, width, height, codec, time_numerator, time_denominator, duration,
    frame_count, identity.name AS identity, state, next_ordinal, parameters
  FROM video LEFT JOIN identity ON identity.id = video.identity_id ORDER BY sha256
  """,
  """
  SELECT 'track', sha256, number FROM track JOIN video ON video.id = track.video_id
  ORDER BY sha256, number
  """,
  """
  SELECT 'face', sha256, ordinal, position, track, ticks, yaw, pitch, roll,
    pose_w, pose_x, pose_y, pose_z, score, eye_distance, identity.name AS identity,
    journal.author AS rejected_by, decision.why AS rejected_why,
    box_x, box_y, box_width, box_height, crop_name, crop_sha256, crop_size, crop_type,
    crop_a, crop_b, crop_tx, crop_c, crop_d, crop_ty, light, landmarks
  FROM face JOIN video ON video.id = face.video_id
  LEFT JOIN identity ON identity.id = face.identity_id
  LEFT JOIN decision ON decision.id = face.rejection_id
  LEFT JOIN journal ON journal.id = decision.journal_id
  ORDER BY sha256, ordinal, position
  """,
  """
  SELECT 'measure', sha256, ordinal, position, measure.name, value, version
  FROM measure JOIN face ON face.id = measure.face_id JOIN video ON video.id = face.video_id
  ORDER BY sha256, ordinal, position, measure.name
  """,
  "SELECT 'identity', name, notes FROM identity ORDER BY name",
]
