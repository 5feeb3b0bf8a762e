public import FaceCore
import GRDB

/// How the faces of a query are spread over what they can be counted by.
public struct Facets: Hashable, Sendable {
  public var total = 0
  /// By name, nil for nobody, the fullest first.
  public var identities: [Facet<String?>] = []
  /// The fullest first.
  public var videos: [Facet<String>] = []
  public var cells: [Facet<PoseCell>] = []
  /// Nil where light could not be measured.
  public var lights: [Facet<LightBin?>] = []

  public struct Facet<Value: Hashable & Sendable>: Hashable, Sendable {
    public let value: Value
    public let count: Int
  }
}

/// How many faces lie in a cell, in a light.
public struct CellCount: Hashable, Sendable {
  public let cell: PoseCell
  /// Nil where light could not be measured.
  public let light: LightBin?
  public let count: Int
}

/// Counting.
extension Workspace {
  /// Counts the faces of a query by identity, video, cell and light in one pass over the index.
  ///
  /// The index is in the order of the groups, so nothing is sorted. Videos are no part of the key, for
  /// there would be half as many groups as faces; each group lists its own.
  public func facets(matching query: FaceQuery = .all) throws -> Facets {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      let rows = try Row.fetchCursor(
        db,
        sql: condition.prefix + """
          SELECT faces.identity_id, faces.cell, faces.light, count(*),
            group_concat(faces.video_id, ' ')
          FROM face_facts AS faces WHERE \(condition.text) GROUP BY 2, 1, 3
          """,
        arguments: condition.arguments)
      var total = 0
      var identities: [Int64: Int] = [:]
      var videos: [Int64: Int] = [:]
      var cells: [Int: Int] = [:]
      var lights: [String: Int] = [:]
      while let row = try rows.next() {
        let count: Int = row[3]
        total += count
        identities[row[0] ?? 0, default: 0] += count
        cells[row[1], default: 0] += count
        lights[row[2] ?? "", default: 0] += count
        forEachNumber(in: row[4]) { videos[$0, default: 0] += 1 }
      }
      let people = try names(of: "identity", in: db)
      let titles = try names(of: "video", in: db)
      return Facets(
        total: total,
        identities: fullest(identities.map { .init(value: people[$0.key], count: $0.value) }),
        videos: fullest(
          videos.map { .init(value: titles[$0.key] ?? "?", count: $0.value) }),
        cells: cells.sorted { $0.key < $1.key }.map {
          .init(value: PoseCell.all[$0.key], count: $0.value)
        },
        lights: fullest(lights.map { .init(value: LightBin(rawValue: $0.key), count: $0.value) }))
    }
  }

  /// How the faces of a query fill pose cells and lights.
  ///
  /// A query about identities and rejection alone is answered from a summary, whatever the number
  /// of faces; others from the index.
  public func cellCounts(matching query: FaceQuery = .all) throws -> [CellCount] {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query, ofSummary: true)
      let isSummed = query.expression?.isOnlyAbout([.identity, .cell, .light]) ?? true
      let sql =
        isSummed
        ? """
        SELECT faces.cell, faces.light, sum(faces.count) FROM coverage_facts AS faces
        WHERE \(condition.text) GROUP BY 1, 2
        """
        : """
        SELECT faces.cell, faces.light, count(*) FROM face_facts AS faces
        WHERE \(condition.text) GROUP BY 1, 2
        """
      return try Row.fetchAll(
        db, sql: condition.prefix + sql, arguments: condition.arguments
      ).compactMap { row in
        let light: String? = row[1]
        let count: Int = row[2]
        return count == 0
          ? nil
          : CellCount(
            cell: PoseCell.all[row[0]], light: light.flatMap(LightBin.init), count: count)
      }
    }
  }

  /// Recounts the coverage summary.
  public func rebuildSummary() throws {
    try catalog.write { db in
      try db.execute(sql: "DELETE FROM coverage; " + Schema.fillCoverage)
    }
  }

  /// The statement a query becomes, with its values, and how SQLite goes about it.
  public func explain(_ query: FaceQuery, sort: [FaceSort] = []) throws -> String {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      let list =
        condition.prefix + FaceRecord.selection
        + " WHERE \(condition.text) ORDER BY \(QuerySQL.order(sort))"
      let count =
        condition.prefix + "SELECT count(*) FROM face_facts AS faces WHERE \(condition.text)"
      return try [("list", list), ("count", count)].map { title, sql in
        let plan = try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: condition.arguments
        ).map { "  " + ($0["detail"] as String) }
        return "\(title): \(sql)\nvalues: \(condition.arguments)\n"
          + plan.joined(separator: "\n")
      }.joined(separator: "\n\n")
    }
  }

  /// Numbers without sign, with a space between them.
  private func forEachNumber(in list: String, _ body: (Int64) -> Void) {
    var number: Int64 = 0
    for byte in list.utf8 {
      if byte == UInt8(ascii: " ") {
        body(number)
        number = 0
      } else {
        number = number * 10 + Int64(byte - UInt8(ascii: "0"))
      }
    }
    body(number)
  }

  private func names(of table: String, in db: Database) throws -> [Int64: String] {
    let rows = try Row.fetchAll(db, sql: "SELECT id, name FROM \(table)")
    return Dictionary(rows.map { ($0[0] as Int64, $0[1] as String) }) { first, _ in first }
  }

  private func fullest<Value>(_ facets: [Facets.Facet<Value>]) -> [Facets.Facet<Value>] {
    facets.sorted { ($1.count, "\($0.value)") < ($0.count, "\($1.value)") }
  }
}

extension QueryExpression {
  /// Whether it speaks of these fields alone, and names all values outright.
  func isOnlyAbout(_ fields: Set<QueryField>) -> Bool {
    switch self {
    case .compare(let field, let comparison, _):
      fields.contains(field) && (field != .identity || comparison == .equal)
    case .list(let field, _), .absent(let field): fields.contains(field)
    case .glob(let field, _): fields.contains(field) && field != .identity
    case .range, .flag: false
    case .not(let inner): inner.isOnlyAbout(fields)
    case .and(let parts), .or(let parts): parts.allSatisfy { $0.isOnlyAbout(fields) }
    }
  }
}
