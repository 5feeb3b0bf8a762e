public import FaceCore
import GRDB

/// What a file says of itself, before any frame is looked at.
public struct VideoFacts: Hashable, Sendable {
  /// Of the whole file: 64 lower-case hexadecimal digits.
  public var sha256: String
  /// Bytes.
  public var size: Int64
  /// When the file was last changed, nanoseconds since 1970.
  public var modified: Int64
  public var path: String
  /// Pixels, as shown (after rotation).
  public var width: Int
  public var height: Int
  public var codec: String
  /// The stream's length on the stream's own clock.
  ///
  /// A zero length where nobody knows it.
  public var duration: Timestamp
  /// What the container claims; nil where it claims nothing.
  public var frameCount: Int?

  public init(
    sha256: String, size: Int64, modified: Int64, path: String, width: Int, height: Int,
    codec: String, duration: Timestamp, frameCount: Int? = nil
  ) {
    self.sha256 = sha256
    self.size = size
    self.modified = modified
    self.path = path
    self.width = width
    self.height = height
    self.codec = codec
    self.duration = duration
    self.frameCount = frameCount
  }
}

/// How far the import of a video is.
public enum VideoState: String, Hashable, Sendable, Codable {
  case pending, importing
  /// Every frame was looked at.
  case done
  /// It could not be read to the end, and is tried again by the next import.
  case failed
  /// The file itself ends early or is damaged: what could be read is in. The same file gives the
  /// same faces again, so the next import leaves it alone.
  case partial

  public var isFinished: Bool { self == .done || self == .partial }
}

/// One video of the catalogue.
public struct VideoRecord: Hashable, Sendable {
  /// The row in `video`: only good within this workspace.
  public let row: Int64
  /// Where it was last seen, and what it is.
  public let facts: VideoFacts
  /// Its file name.
  public let name: String
  public let state: VideoState
  /// Why it failed or is partial.
  public let error: String?
  /// The first frame that was not looked at yet.
  public let nextOrdinal: Int
  /// The text of everything that decides what its import finds; empty before it began.
  public let parameters: String
  /// The name that all faces its import finds get; nil where it was merged into another since.
  public let identity: String?
  /// Its import was undone.
  public let isWithdrawn: Bool
  /// The numbers of the tracks of the import in force; others are of imports in whose place it came.
  public let tracks: Range<Int>
  /// Of the import in force.
  public let faceCount: Int
  public let trackCount: Int

  /// What an id of a face starts with: the first 16 digits of the hash.
  public var key: String { String(facts.sha256.prefix(16)) }
}

extension VideoRecord {
  static let selection = """
    SELECT video.*,
      (SELECT identity.name FROM identity
        WHERE identity.id = video.identity_id AND NOT hidden) AS identity,
      (SELECT count(*) FROM face WHERE face.video_id = video.id AND \(Workspace.isInForce)) AS faces,
      (SELECT count(*) FROM track WHERE track.video_id = video.id
        AND number >= first_track AND number < end_track) AS tracks
    FROM video
    """

  init(_ row: Row) throws {
    let duration = Timestamp(
      ticks: row["duration"] ?? 0, numerator: row["time_numerator"],
      denominator: row["time_denominator"])
    facts = VideoFacts(
      sha256: row["sha256"], size: row["size"], modified: row["modified"], path: row["path"],
      width: row["width"], height: row["height"], codec: row["codec"], duration: duration,
      frameCount: row["frame_count"])
    self.row = row["id"]
    name = row["name"]
    let stored: String = row["state"]
    guard let state = VideoState(rawValue: stored) else {
      throw CatalogError(code: .damaged, subject: name, reason: "has the unknown state \(stored)")
    }
    self.state = state
    error = row["error"]
    nextOrdinal = row["next_ordinal"]
    parameters = row["parameters"]
    identity = row["identity"]
    isWithdrawn = row["withdrawn"]
    tracks = (row["first_track"] as Int)..<(row["end_track"] as Int)
    faceCount = row["faces"]
    trackCount = row["tracks"]
  }
}
