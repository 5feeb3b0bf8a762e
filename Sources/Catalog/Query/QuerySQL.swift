import GRDB

/// A piece of SQL over the view `faces` or one with its columns and that alias; values are bound,
/// never pasted.
struct QuerySQL {
  var text: String
  var arguments: StatementArguments = []

  /// The WHERE condition of a query.
  init(_ query: FaceQuery) {
    let hidesRejected =
      !query.includesRejected && query.expression?.mentions(.rejected) != true
    let visible = QuerySQL(text: "NOT faces.rejected")
    switch (query.expression, hidesRejected) {
    case (nil, false): self.init(text: "1")
    case (nil, true): self = visible
    case (let expression?, false): self.init(expression)
    case (let expression?, true):
      self = QuerySQL.joined([QuerySQL(expression), visible], by: "AND")
    }
  }

  init(_ expression: QueryExpression) { self.init(expression, negated: false) }

  private init(text: String, arguments: StatementArguments = []) {
    self.text = text
    self.arguments = arguments
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
    case .compare(let field, .notEqual, let value):
      self.init(text: "faces.\(field.rawValue) IS NOT ?", arguments: [value.bound])
    case .compare(let field, let comparison, let value):
      self.init(text: "faces.\(field.rawValue) \(comparison.rawValue) ?", arguments: [value.bound])
    case .range(let field, let from, let to):
      let ends = [from.map { (">=", $0) }, to.map { ("<=", $0) }].compactMap { $0 }
      self.init(
        text: ends.map { "faces.\(field.rawValue) \($0.0) ?" }.joined(separator: " AND "),
        arguments: StatementArguments(ends.map(\.1)))
    case .list(let field, let values):
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      self.init(
        text: "faces.\(field.rawValue) IN (\(marks))",
        arguments: StatementArguments(values.map(\.bound)))
    case .glob(let field, let pattern):
      // SQLite's GLOB also knows character classes; ours does not, so a bracket is a bracket.
      let escaped = pattern.unicodeScalars.map { $0 == "[" ? "[[]" : String($0) }.joined()
      self.init(text: "faces.\(field.rawValue) GLOB ?", arguments: [escaped])
    case .flag(let field):
      self.init(text: "faces.\(field.rawValue)")
    case .absent(let field):
      self.init(text: "faces.\(field.rawValue) IS NULL")
    case .not, .and, .or:
      preconditionFailure("not a predicate")
    }
  }

  /// As a balanced tree: SQLite refuses expressions a thousand levels deep.
  private static func joined(_ parts: [QuerySQL], by word: String) -> QuerySQL {
    guard parts.count > 1 else { return parts[0] }
    let middle = parts.count / 2
    let left = joined(Array(parts[..<middle]), by: word)
    let right = joined(Array(parts[middle...]), by: word)
    return QuerySQL(
      text: "(\(left.text) \(word) \(right.text))", arguments: left.arguments + right.arguments)
  }

  /// The ORDER BY terms; the last three are a unique key.
  static func order(_ sort: [FaceSort]) -> String {
    let keys = sort.map { "faces.\($0.field.rawValue)\($0.isDescending ? " DESC" : "") NULLS LAST" }
    return (keys + ["faces.video_sha256", "faces.ordinal", "faces.position"])
      .joined(separator: ", ")
  }
}

extension QueryExpression.Value {
  fileprivate var bound: any DatabaseValueConvertible {
    switch self {
    case .number(let number): number
    case .text(let text): text
    }
  }
}
