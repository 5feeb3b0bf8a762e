import Foundation
import GRDB

/// The catalogue's content as text, for comparing two catalogues by hash.
extension Workspace {
  /// Calls `body` with one line for each fact, sorted: videos, shots, tracks, faces, versions of
  /// measures and identities, with names, rejections and duplicates.
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
    frame_count, identity.name AS identity, state, next_ordinal, parameters, withdrawn
  FROM video LEFT JOIN identity ON identity.id = video.identity_id ORDER BY sha256
  """,
  """
  SELECT 'shot', sha256, number, first_ordinal FROM shot JOIN video ON video.id = shot.video_id
  ORDER BY sha256, number
  """,
  """
  SELECT 'track', sha256, number, shot, identity.name AS identity
  FROM track JOIN video ON video.id = track.video_id
  LEFT JOIN identity ON identity.id = track.identity_id ORDER BY sha256, number
  """,
  """
  SELECT 'face', video.sha256, face.ordinal, face.position, face.track, face.ticks, face.yaw,
    face.pitch, face.roll, face.pose_w, face.pose_x, face.pose_y, face.pose_z, face.score,
    face.eye_distance, identity.name AS identity, journal.author AS rejected_by,
    decision.why AS rejected_why, face.box_x, face.box_y, face.box_width, face.box_height,
    face.crop_name, face.crop_sha256, face.crop_size, face.crop_type, face.crop_a, face.crop_b,
    face.crop_tx, face.crop_c, face.crop_d, face.crop_ty, face.light, face.light_bin, face.seen_light,
    \(MeasureColumn.allCases.map { "face.\($0.rawValue)" }.joined(separator: ", ")),
    face.landmarks, best_video.sha256 AS best_video, best.ordinal AS best_ordinal,
    best.position AS best_position
  FROM face JOIN video ON video.id = face.video_id
  LEFT JOIN identity ON identity.id = face.identity_id
  LEFT JOIN decision ON decision.id = face.rejection_id
  LEFT JOIN journal ON journal.id = decision.journal_id
  LEFT JOIN duplicate ON duplicate.id = face.duplicate_id
  LEFT JOIN face AS best ON best.id = duplicate.best_id
  LEFT JOIN video AS best_video ON best_video.id = best.video_id
  ORDER BY video.sha256, face.ordinal, face.position
  """,
  """
  SELECT 'measure', sha256, measure.name, version
  FROM measure JOIN video ON video.id = measure.video_id ORDER BY sha256, measure.name
  """,
  "SELECT 'identity', name, notes FROM identity WHERE NOT hidden ORDER BY name",
]
