import FaceCore
import GRDB

/// A piece of SQL over the view `face_facts`, or one with its columns, under the alias `faces`;
/// values are bound, never pasted.
struct QuerySQL {
  var text: String
  /// Of `prefix` and `text`, in this order.
  var arguments: StatementArguments { thresholds.arguments + textArguments }
  /// Goes before the statement that holds `text`: the percentiles it speaks of.
  var prefix: String { thresholds.text }

  private var textArguments: StatementArguments = []
  private var thresholds = Thresholds()

  /// The WHERE condition of a query; `ofSummary` over the view `coverage_facts`, whose rows are of many videos.
  init(_ query: FaceQuery, ofSummary: Bool = false) {
    let hidesRejected =
      !query.includesRejected && query.expression?.mentions(.rejected) != true
    let visible = QuerySQL(text: "faces.rejection_id IS NULL")
    switch (query.expression, hidesRejected) {
    case (nil, false): self.init(text: "1")
    case (nil, true): self = visible
    case (let expression?, false): self.init(expression)
    case (let expression?, true):
      self = QuerySQL.joined([QuerySQL(expression), visible], by: "AND")
    }
    if !hidesRejected, !query.includesReplaced, !ofSummary {
      self = QuerySQL.joined([self, QuerySQL(text: Workspace.isNotReplaced("faces"))], by: "AND")
    }
    if let expression = query.expression {
      let cells = expression.impliedCells ?? (expression.namesIdentity ? everyCell : nil)
      if let cells {
        // In the way of the index, which begins with rejection and cell.
        let list = cells.sorted().map(String.init).joined(separator: ", ")
        text = "faces.cell IN (\(list)) AND \(text)"
      }
      thresholds = Thresholds(percentiles: expression.percentiles, of: expression.onlyIdentity)
    }
  }

  init(_ expression: QueryExpression) { self.init(expression, negated: false) }

  private init(text: String, arguments: StatementArguments = []) {
    self.text = text
    textArguments = arguments
  }

  /// Negations sink to the predicates, where `IS NOT TRUE` makes an absent value false; above
  /// them SQL's NULL never meets a NOT, so the three values of SQL behave as two.
  private init(_ expression: QueryExpression, negated: Bool) {
    switch expression {
    case .not(let inner):
      self.init(inner, negated: !negated)
    case .and(let parts):
      self = QuerySQL.joined(
        parts.map { QuerySQL($0, negated: negated) }, by: negated ? "OR" : "AND")
    case .or(let parts):
      self = QuerySQL.joined(
        parts.map { QuerySQL($0, negated: negated) }, by: negated ? "AND" : "OR")
    default:
      self.init(predicate: expression)
      if negated { text = "(\(text)) IS NOT TRUE" }
    }
  }

  private init(predicate: QueryExpression) {
    switch predicate {
    // Names are looked up once, not for each face.
    case .compare(let field, .equal, let name) where field == .identity || field == .video:
      self.init(
        text: QuerySQL.named(field, "name = ?"), arguments: [name.bound(field)])
    case .list(let field, let names) where field == .identity || field == .video:
      let marks = names.map { _ in "?" }.joined(separator: ", ")
      self.init(
        text: QuerySQL.named(field, "name IN (\(marks))"),
        arguments: StatementArguments(names.map { $0.bound(field) }))
    case .glob(let field, let pattern) where field == .identity || field == .video:
      self.init(
        text: QuerySQL.named(field, "name GLOB ?"), arguments: [QuerySQL.escaped(pattern)])
    case .absent(.identity):
      self.init(text: "faces.identity_id IS NULL")
    case .compare(let field, let comparison, .percentile(let rank)):
      // The name of the threshold follows from the field and the rank alone.
      let sign = comparison == .notEqual ? "IS NOT" : comparison.rawValue
      let threshold = Thresholds.name(field, rank)
      self.init(
        text: """
          faces.\(field.rawValue) \(sign) (SELECT value FROM \(threshold)
            WHERE person = ifnull(faces.identity_id, 0) AND cell = faces.cell)
          """)
    case .compare(let field, .notEqual, let value):
      self.init(text: "faces.\(field.rawValue) IS NOT ?", arguments: [value.bound(field)])
    case .compare(let field, let comparison, let value):
      self.init(
        text: "faces.\(field.rawValue) \(comparison.rawValue) ?", arguments: [value.bound(field)])
    case .range(let field, let from?, let to?):
      self.init(text: "faces.\(field.rawValue) BETWEEN ? AND ?", arguments: [from, to])
    case .range(let field, let from, let to):
      let ends = [from.map { (">=", $0) }, to.map { ("<=", $0) }].compactMap { $0 }
      self.init(
        text: ends.map { "faces.\(field.rawValue) \($0.0) ?" }.joined(separator: " AND "),
        arguments: StatementArguments(ends.map(\.1)))
    case .list(let field, let values):
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      self.init(
        text: "faces.\(field.rawValue) IN (\(marks))",
        arguments: StatementArguments(values.map { $0.bound(field) }))
    case .glob(let field, let pattern):
      self.init(
        text: "\(QuerySQL.text(of: field)) GLOB ?", arguments: [QuerySQL.escaped(pattern)])
    case .flag(.rejected): self.init(text: "faces.rejection_id IS NOT NULL")
    case .flag(.duplicate): self.init(text: "faces.duplicate_id IS NOT NULL")
    case .flag(let field): self.init(text: "faces.\(field.rawValue)")
    case .absent(let field): self.init(text: "faces.\(field.rawValue) IS NULL")
    case .not, .and, .or: preconditionFailure("not a predicate")
    }
  }

  /// Names of identities are unique, those of videos are not.
  private static func named(_ field: QueryField, _ condition: String) -> String {
    field == .identity && condition == "name = ?"
      ? "faces.identity_id = (SELECT id FROM identity WHERE \(condition))"
      : "faces.\(field.rawValue)_id IN (SELECT id FROM \(field.rawValue) WHERE \(condition))"
  }

  /// SQLite's GLOB also knows character classes; ours does not, so a bracket is a bracket.
  private static func escaped(_ pattern: String) -> String {
    pattern.unicodeScalars.map { $0 == "[" ? "[[]" : String($0) }.joined()
  }

  /// What a pattern is held against: cells are kept as numbers.
  private static func text(of field: QueryField) -> String {
    field == .cell
      ? "('y' || (faces.cell / 5) || 'p' || (faces.cell % 5))" : "faces.\(field.rawValue)"
  }

  /// As a balanced tree: SQLite refuses expressions a thousand levels deep.
  private static func joined(_ parts: [QuerySQL], by word: String) -> QuerySQL {
    guard parts.count > 1 else { return parts[0] }
    let middle = parts.count / 2
    let left = joined(Array(parts[..<middle]), by: word)
    let right = joined(Array(parts[middle...]), by: word)
    return QuerySQL(
      text: "(\(left.text) \(word) \(right.text))",
      arguments: left.textArguments + right.textArguments)
  }

  /// The ORDER BY terms; the last three are a unique key.
  static func order(_ sort: [FaceSort]) -> String {
    let keys = sort.map { "faces.\($0.field.rawValue)\($0.isDescending ? " DESC" : "") NULLS LAST" }
    return (keys + ["faces.video_sha256", "faces.ordinal", "faces.position"])
      .joined(separator: ", ")
  }
}

private let everyCell = Set(PoseCell.all.map(\.index))

/// The percentiles of a query as tables that come before it: for each identity and cell the value
/// at the nearest rank.
///
/// A query that names one identity has only its faces ranked.
private struct Thresholds {
  var text = ""
  var arguments: StatementArguments = []

  init() {}

  init(percentiles: Set<Percentile>, of identity: String?) {
    guard !percentiles.isEmpty else { return }
    let own = identity == nil ? "" : "AND identity_id = (SELECT id FROM identity WHERE name = ?)"
    let tables = percentiles.sorted { ($0.field.rawValue, $0.rank) < ($1.field.rawValue, $1.rank) }
      .map { percentile in
        if let identity { arguments += [identity] }
        let column =
          switch percentile.field {
          case .size: "eye_distance"
          case .loss: "(SELECT loss FROM face_loss WHERE face_id = face.id)"
          default: percentile.field.rawValue
          }
        return """
          \(Thresholds.name(percentile.field, percentile.rank))(person, cell, value) AS MATERIALIZED (
            SELECT person, cell, min(value) FROM (
              SELECT ifnull(identity_id, 0) AS person, cell, \(column) AS value,
                row_number() OVER (PARTITION BY identity_id, cell ORDER BY \(column)) AS place,
                count(*) OVER (PARTITION BY identity_id, cell) AS total
              FROM face WHERE rejection_id IS NULL AND \(column) IS NOT NULL \(own))
            WHERE place * 100 >= total * \(percentile.rank) GROUP BY person, cell)
          """
      }
    text = "WITH " + tables.joined(separator: ", ") + " "
  }

  static func name(_ field: QueryField, _ rank: Int) -> String { "\(field.rawValue)_p\(rank)" }
}

/// A percentile that a query speaks of.
private struct Percentile: Hashable {
  let field: QueryField
  let rank: Int
}

extension QueryExpression {
  fileprivate var percentiles: Set<Percentile> {
    switch self {
    case .compare(let field, _, .percentile(let rank)): [Percentile(field: field, rank: rank)]
    case .list(let field, let values):
      Set(
        values.compactMap {
          if case .percentile(let rank) = $0 { Percentile(field: field, rank: rank) } else { nil }
        })
    case .not(let inner): inner.percentiles
    case .and(let parts), .or(let parts):
      parts.reduce(into: []) { $0.formUnion($1.percentiles) }
    default: []
    }
  }

  /// The one identity all matching faces have, where the query says so outright.
  fileprivate var onlyIdentity: String? {
    switch self {
    case .compare(.identity, .equal, .text(let name)): name
    case .and(let parts): parts.lazy.compactMap(\.onlyIdentity).first
    default: nil
    }
  }
}

extension QueryExpression.Value {
  /// As the column holds it.
  fileprivate func bound(_ field: QueryField) -> any DatabaseValueConvertible {
    switch self {
    case .number(let number): number
    case .text(let text): field == .cell ? PoseCell(name: text)?.index ?? -1 : text
    case .percentile(let rank): rank
    }
  }
}
