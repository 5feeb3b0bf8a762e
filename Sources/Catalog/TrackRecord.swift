import FaceCore
import Foundation
import GRDB

/// One person followed through one shot.
public struct TrackRecord: Hashable, Sendable {
  /// The row in `video`: only good within this workspace.
  public let video: Int64
  /// Its number in the video.
  public let number: Int
  public let videoName: String
  /// Of its first face, in seconds.
  public let start: Double
  /// Faces that are not rejected, or for no other reason than that the person was excluded; of none, there
  /// is no record.
  public let faceCount: Int
  /// Who it is; where its faces have several names, the one most have.
  public let identity: String?

  /// What tells a track from all others.
  public struct Key: Hashable, Sendable, Comparable {
    public let video: Int64
    public let number: Int

    public init(video: Int64, number: Int) { (self.video, self.number) = (video, number) }

    public static func < (one: Key, other: Key) -> Bool {
      (one.video, one.number) < (other.video, other.number)
    }
  }

  public var key: Key { Key(video: video, number: number) }
}

extension Workspace {
  /// Why the faces of a person are rejected whom nobody wants to see.
  public static let exclusion = "excluded person"

  /// Faces that say something of who is there: an excluded person's do, too, so that new ones are known.
  static let tellingFaces = """
    (face.rejection_id IS NULL OR EXISTS (SELECT 1 FROM decision
      WHERE decision.id = face.rejection_id AND decision.why = '\(exclusion)'))
    """

  /// The people who were excluded.
  public func excludedIdentities() throws -> [String] {
    try catalog.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT identity.name FROM decision
          JOIN face ON face.rejection_id = decision.id
          JOIN identity ON identity.id = face.identity_id
          WHERE decision.why = ? ORDER BY 1
          """, arguments: [Self.exclusion])
    }
  }

  /// Rejects all faces of a person, for that reason; returns how many were not rejected yet.
  ///
  /// Throws `.unknownIdentity`.
  @discardableResult
  public func exclude(_ name: String, note: ChangeNote) throws -> Int {
    let query = FaceQuery(.compare(.identity, .equal, .text(name)), includesRejected: false)
    return try reject(matching: query, reason: Self.exclusion, note: note)
  }

  /// Throws `.unknownIdentity` where nobody has that name.
  public func checkIdentity(_ name: String) throws {
    _ = try catalog.read { db in try identityRow(named: name, in: db) }
  }

  /// The tracks with telling faces, by video and number.
  public func tracks() throws -> [TrackRecord] {
    try catalog.read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT face.video_id, face.track, face.identity_id, count(*) AS faces,
            min(face.ticks) AS ticks
          FROM face WHERE \(Self.tellingFaces) GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC, 3
          """)
      let names = try named("SELECT id, name FROM identity", in: db)
      let videos = try named("SELECT id, name FROM video", in: db)
      let clocks = try Row.fetchAll(
        db, sql: "SELECT id, time_numerator, time_denominator FROM video"
      ).reduce(into: [Int64: Row]()) { $0[$1["id"]] = $1 }
      var records: [TrackRecord] = []
      for row in rows {
        let (video, number, faces): (Int64, Int, Int) = (row[0], row[1], row["faces"])
        let clock = clocks[video]
        let time = Timestamp(
          ticks: row["ticks"], numerator: clock?["time_numerator"] ?? 1,
          denominator: clock?["time_denominator"] ?? 1)
        let identity: Int64? = row["identity_id"]
        let last = records.last
        let isMore = last?.video == video && last?.number == number
        let record = TrackRecord(
          video: video, number: number, videoName: videos[video] ?? "",
          start: min(time.seconds, isMore ? last?.start ?? .infinity : .infinity),
          faceCount: faces + (isMore ? last?.faceCount ?? 0 : 0),
          identity: (isMore ? last?.identity : nil) ?? identity.flatMap { names[$0] })
        if isMore { records.removeLast() }
        records.append(record)
      }
      return records
    }
  }

  private func named(_ sql: String, in db: Database) throws -> [Int64: String] {
    try Row.fetchAll(db, sql: sql).reduce(into: [:]) { $0[$1[0]] = $1[1] }
  }

  /// Pairs of tracks that are in one picture, so two people.
  public func tracksTogether() throws -> [(TrackRecord.Key, TrackRecord.Key)] {
    try catalog.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT DISTINCT one.video_id, one.track, other.track FROM face AS one
          JOIN face AS other ON other.video_id = one.video_id AND other.ordinal = one.ordinal
            AND other.track > one.track
          ORDER BY 1, 2, 3
          """
      ).map {
        (
          TrackRecord.Key(video: $0[0], number: $0[1]), TrackRecord.Key(video: $0[0], number: $0[2])
        )
      }
    }
  }

  /// Gives names to tracks in one journal entry, making those that are new; what has a name keeps it.
  ///
  /// Returns how many faces changed.
  @discardableResult
  public func nameTracks(
    _ named: [(name: String, tracks: [TrackRecord.Key])], note: ChangeNote
  ) throws -> Int {
    try catalog.write { db in
      guard named.contains(where: { !$0.tracks.isEmpty }) else { return 0 }
      let entry = try note.record("identity suggest: \(named.count) people", in: db)
      try db.execute(
        sql: """
          CREATE TEMP TABLE IF NOT EXISTS chosen_track(
            video INTEGER, track INTEGER, person INTEGER, PRIMARY KEY (video, track));
          DELETE FROM temp.chosen_track
          """)
      let known = Set(try identityNames(in: db))
      for (name, tracks) in named {
        let name = name.precomposedStringWithCanonicalMapping
        let person =
          known.contains(name)
          ? try identityRow(named: name, in: db)
          : try insertIdentity(name, notes: "", entry: entry, in: db)
        for track in tracks {
          try db.execute(
            sql: "INSERT INTO temp.chosen_track VALUES (?, ?, ?)",
            arguments: [track.video, track.number, person])
        }
      }
      return try nameChosenTracks(entry: entry, in: db)
    }
  }

  private func nameChosenTracks(entry: Int64, in db: Database) throws -> Int {
    try db.execute(
      sql: """
        INSERT INTO track_decision(journal_id, video_id, track, identity_id, previous_identity_id)
        SELECT ?, video_id, number, person, identity_id FROM track
        JOIN temp.chosen_track ON chosen_track.video = video_id AND chosen_track.track = number
        WHERE identity_id IS NULL
        """,
      arguments: [entry])
    try db.execute(
      sql: """
        INSERT INTO decision(journal_id, face_id, kind, identity_id, previous_identity_id)
        SELECT ?, face.id, 'identity', person, NULL FROM temp.chosen_track
        JOIN face ON face.video_id = chosen_track.video AND face.track = chosen_track.track
        WHERE face.identity_id IS NULL
        """,
      arguments: [entry])
    let count = db.changesCount
    try takeOverDecisions(entry: entry, in: db)
    return count
  }
}
