import FaceCore
import GRDB

/// What a query's faces amount to: each thing counted by itself.
public struct HealthCounts: Hashable, Sendable {
  public var videos = 0
  public var tracks = 0
  public var faces = 0
  /// Of the faces, those with a name, and the names.
  public var named = 0
  public var people = 0
  /// Of the faces, those of which a better one of the same moment is there, and those better ones.
  public var duplicates = 0
  public var duplicateClusters = 0

  public init() {}
}

extension HealthCounts {
  init(_ row: Row) {
    (videos, tracks, faces) = (row[0], row[1], row[2])
    (named, people, duplicates, duplicateClusters) = (row[3], row[4], row[5], row[6])
  }
}

/// How the numbers of a measure are spread.
public struct MeasureSpread: Hashable, Sendable {
  public let name: String
  /// Faces that have it.
  public let count: Int
  /// Values of which 0, 1, 5, 25, 50, 75, 95, 99 and 100 of 100 faces are below.
  public let percentiles: [Double]
  /// Faces in equal steps from the first percentile to the 99th; what lies beyond is in the outer ones.
  public let bars: [Int]

  /// Which percentiles there are.
  public static let ranks = [0, 1, 5, 25, 50, 75, 95, 99, 100]
  static let barCount = 24

  init(name: String, values: [Double]) {
    let sorted = values.sorted()
    self.name = name
    count = sorted.count
    percentiles = Self.ranks.map { rank in
      sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * rank / 100]
    }
    let (low, high) = (percentiles[1], percentiles[7])
    var bars = [Int](repeating: 0, count: Self.barCount)
    for value in sorted {
      let place = high > low ? (value - low) / (high - low) * Double(Self.barCount) : 0
      bars[max(0, min(Self.barCount - 1, Int(max(-1, min(100, place)))))] += 1
    }
    self.bars = bars
  }
}

/// A face that is bad in more ways than others.
public struct WorstFace: Hashable, Sendable {
  public let face: FaceRecord
  /// The measures in which nineteen of twenty faces are better, the worst first.
  public let reasons: [String]
}

extension MeasureColumn {
  /// Which end of its numbers makes a worse face; nil where neither does.
  var worse: Worse? {
    switch self {
    case .sharpness, .interEye: .low
    case .underExposed, .overExposed, .landmarkMisfit, .noise, .blur, .upscaled, .blockiness,
      .interlaced, .outside, .jitter, .doubt, .occluded:
      .high
    default: nil
    }
  }

  enum Worse { case low, high }
}

/// What a query's faces are like.
extension Workspace {
  public func healthCounts(matching query: FaceQuery = .all) throws -> HealthCounts {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      let row = try Row.fetchOne(
        db,
        sql: condition.prefix + """
          SELECT count(DISTINCT faces.video_id), count(DISTINCT faces.video_id || ' ' || faces.track),
            count(*), count(faces.identity_id), count(DISTINCT faces.identity_id),
            count(faces.duplicate_id),
            count(DISTINCT (SELECT best_id FROM duplicate WHERE id = faces.duplicate_id))
          FROM face_facts AS faces WHERE \(condition.text)
          """, arguments: condition.arguments)
      return row.map(HealthCounts.init) ?? HealthCounts()
    }
  }

  /// Why faces that match are rejected, the commonest reason first.
  public func rejections(matching query: FaceQuery = .all) throws -> [(reason: String, faces: Int)]
  {
    var query = query
    query.includesRejected = true
    return try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try Row.fetchAll(
        db,
        sql: condition.prefix + """
          SELECT decision.why, count(*) FROM face_facts AS faces
          JOIN decision ON decision.id = faces.rejection_id
          WHERE \(condition.text) GROUP BY 1 ORDER BY 2 DESC, 1
          """, arguments: condition.arguments
      ).map { ($0[0], $0[1]) }
    }
  }

  /// The measures that faces are filtered by, without those that no face has.
  ///
  /// One column is in memory at a time.
  public func measureSpreads(matching query: FaceQuery = .all) throws -> [MeasureSpread] {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try MeasureColumn.allCases.map { column in
        let values = try Double.fetchAll(
          db,
          sql: condition.prefix + """
            SELECT faces.\(column.rawValue) FROM face_facts AS faces
            WHERE \(condition.text) AND faces.\(column.rawValue) IS NOT NULL
            """, arguments: condition.arguments)
        return MeasureSpread(name: column.rawValue, values: values)
      }.filter { $0.count > 0 }
    }
  }

  /// The faces of a query at some places of their order by a measure: 0 the least, 1 the most.
  ///
  /// Throws `.invalid` where there is no such measure.
  public func faces(
    matching query: FaceQuery = .all, at places: [Double], by measure: String
  ) throws -> [FaceRecord] {
    guard let column = MeasureColumn(rawValue: measure) else {
      throw CatalogError(code: .invalid, subject: measure, reason: "is not measured")
    }
    let rows = try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      let value = "faces.\(column.rawValue)"
      let from = "FROM face_facts AS faces WHERE \(condition.text) AND \(value) IS NOT NULL"
      let count =
        try Int.fetchOne(
          db, sql: condition.prefix + "SELECT count(*) \(from)", arguments: condition.arguments)
        ?? 0
      return try places.compactMap { place in
        try Int64.fetchOne(
          db,
          sql: condition.prefix
            + "SELECT faces.face_id \(from) ORDER BY \(value), faces.face_id LIMIT 1 OFFSET ?",
          arguments: condition.arguments + [Int(Double(max(0, count - 1)) * place)])
      }
    }
    return try faces(rows: rows)
  }

  /// The faces that are worst in most respects: the least product of their ranks by each measure that has
  /// a bad end, none within a second of another of its track.
  public func worstFaces(matching query: FaceQuery = .all, count: Int) throws -> [WorstFace] {
    let columns = MeasureColumn.allCases.filter { $0.worse != nil }
    // The middle of the ranks of all that are alike: of a number that nearly all have it is half.
    let ranks = columns.map { column in
      let value = "faces.\(column.rawValue)"
      let order = """
        OVER (PARTITION BY \(value) IS NULL ORDER BY \(value) \(column.worse == .high ? "DESC" : "ASC"))
        """
      return "iif(\(value) IS NULL, 0.5, (percent_rank() \(order) + cume_dist() \(order)) / 2)"
    }
    let product = columns.indices.map { "max(rank\($0), 0.001)" }.joined(separator: " * ")
    let named = ranks.enumerated().map { "\($1) AS rank\($0)" }.joined(separator: ", ")
    let rows = try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try Row.fetchAll(
        db,
        sql: condition.prefix + """
          SELECT * FROM (SELECT faces.face_id, \(named) FROM face_facts AS faces
            WHERE \(condition.text)) ORDER BY \(product), face_id LIMIT ?
          """, arguments: condition.arguments + [count * 50])
    }
    var worst: [WorstFace] = []
    for (row, face) in zip(rows, try faces(rows: rows.map { $0[0] })) where worst.count < count {
      let isNear = worst.contains {
        $0.face.video == face.video && $0.face.track == face.track
          && abs($0.face.time.seconds - face.time.seconds) < 1
      }
      if isNear { continue }
      let bad = columns.indices.map { (column: columns[$0], rank: row["rank\($0)"] as Double) }
        .filter { $0.rank < 0.05 }.sorted { $0.rank < $1.rank }
      worst.append(WorstFace(face: face, reasons: bad.map(\.column.rawValue)))
    }
    return worst
  }
}
