public import FaceCore
import GRDB

/// Reading. Each call sees one state of the catalogue, whatever is written meanwhile.
extension Workspace {
  /// The faces that match, in order.
  ///
  /// Throws `.unknownIdentity` for a name nobody has.
  public func faces(
    matching query: FaceQuery = .all, sort: [FaceSort] = [], limit: Int? = nil, offset: Int = 0
  ) throws -> [FaceRecord] {
    var result: [FaceRecord] = []
    try forEachFace(matching: query, sort: sort, limit: limit, offset: offset) {
      result.append($0)
    }
    return result
  }

  /// The same one by one, in bounded memory when `sort` is empty; SQLite holds the keys of a sorted
  /// result.
  ///
  /// Ends with the first error `body` throws.
  public func forEachFace(
    matching query: FaceQuery = .all, sort: [FaceSort] = [], limit: Int? = nil, offset: Int = 0,
    _ body: (FaceRecord) throws -> Void
  ) throws {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      let rows = try Row.fetchCursor(
        db,
        sql: condition.prefix + FaceRecord.selection
          + " WHERE \(condition.text) ORDER BY \(QuerySQL.order(sort)) LIMIT ? OFFSET ?",
        arguments: condition.arguments + [limit ?? -1, offset])
      while let row = try rows.next() { try body(FaceRecord(row)) }
    }
  }

  /// The face of that id, rejected or not.
  ///
  /// Throws `.unknownFace`.
  public func face(_ id: FaceID) throws -> FaceRecord {
    try catalog.read { db in
      let row = try Row.fetchOne(
        db,
        sql: FaceRecord.selection + """
           WHERE substr(video_sha256, 1, 16) = ? AND ordinal = ? AND position = ?
          """,
        arguments: [id.video, id.ordinal, id.position])
      guard let row else {
        throw CatalogError(
          code: .unknownFace, subject: id.description, reason: "no face of this id")
      }
      return try FaceRecord(row)
    }
  }

  /// How many faces match.
  public func count(matching query: FaceQuery = .all) throws -> Int {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try Int.fetchOne(
        db,
        sql: condition.prefix + "SELECT count(*) FROM face_facts AS faces WHERE \(condition.text)",
        arguments: condition.arguments) ?? 0
    }
  }

  /// All measures of a face, by name, with the versions of their rules.
  public func measures(of face: FaceRecord) throws -> [Measure] {
    try catalog.read { db in
      let versions = try Row.fetchAll(
        db,
        sql: """
          SELECT name, version FROM measure WHERE video_id =
            (SELECT video_id FROM face WHERE id = ?) ORDER BY name
          """,
        arguments: [face.row])
      return versions.compactMap { row in
        let name: String = row["name"]
        return face.measures[name].map {
          Measure(name: name, value: $0, version: row["version"])
        }
      }
    }
  }

  /// All videos, or those in one of these states, by name and then by content.
  public func videos(in states: [VideoState] = []) throws -> [VideoRecord] {
    let condition =
      states.isEmpty
      ? "" : " WHERE state IN (\(states.map { "'\($0.rawValue)'" }.joined(separator: ", ")))"
    return try catalog.read { db in
      try Row.fetchAll(
        db, sql: VideoRecord.selection + condition + " ORDER BY video.name, video.sha256"
      ).map(VideoRecord.init)
    }
  }

  /// Grows with every change of what is known: journal entries plus faces.
  ///
  /// It is the same for the same imports and decisions, in however many batches and interruptions
  /// they were made. Writing a manifest does not count: the same export gives the same bytes.
  public func revision() throws -> Int {
    try catalog.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT (SELECT count(*) FROM journal WHERE id NOT IN (SELECT journal_id FROM manifest))
            + (SELECT count(*) FROM face)
          """) ?? 0
    }
  }

  /// Refuses a query about a person nobody named, so that a typing error is not "no faces".
  func check(_ query: FaceQuery, in db: Database) throws {
    guard let expression = query.expression, expression.mentions(.identity) else { return }
    let names = try identityNames(in: db)
    // The text parsed once already, or was printed from the expression.
    let mentions = try? QueryParser.parse(query.text).mentions
    for mention in mentions ?? [] where !names.contains(mention.name) {
      throw unknownIdentity(
        mention.name, known: names,
        excerpt: QueryFault.excerpt(of: query.text, column: mention.column))
    }
  }
}
