import Foundation

/// Recursive descent over the tokens of a query.
///
///     query      = conjunction { "or" conjunction }
///     conjunction = factor { "and" factor }
///     factor     = "not" factor | "(" query ")" | predicate
///     predicate  = FLAG [ ("=" | "!=") ("true" | "false") ]
///                | FIELD ("=" | "!=") ("none" | value)
///                | FIELD ("<" | "<=" | ">" | ">=") ( NUMBER | PERCENTILE )
///                | FIELD "~" TEXT
///                | FIELD "in" ( [NUMBER] ".." [NUMBER] | PERCENTILE ".." PERCENTILE
///                             | "(" value { "," value } ")" )
struct QueryParser {
  static let depthLimit = 64

  /// An identity that a query names without a pattern, and where.
  struct Mention {
    let name: String
    let column: Int
  }

  private let tokens: [QueryToken]
  private var at = 0
  private var depth = 0
  private(set) var mentions: [Mention] = []

  /// Throws a fault that points at its column.
  static func parse(
    _ text: String
  ) throws(QueryFault) -> (expression: QueryExpression, mentions: [Mention]) {
    var parser = QueryParser(tokens: try QueryLexer.tokens(of: text))
    let expression = try parser.disjunction()
    let rest = parser.current
    if rest.kind == .close { throw parser.fault("there is no ( for this )") }
    guard rest.kind == .end else { throw parser.fault("expected 'and' or 'or'") }
    return (expression, parser.mentions)
  }

  private init(tokens: [QueryToken]) { self.tokens = tokens }

  /// The last token is `.end` and is never passed.
  private var current: QueryToken { tokens[at] }

  private mutating func advance() { at = min(at + 1, tokens.count - 1) }

  private func fault(_ reason: String) -> QueryFault {
    QueryFault(column: current.column, reason: reason)
  }

  private mutating func disjunction() throws(QueryFault) -> QueryExpression {
    var parts = [try conjunction()]
    while current.keyword == "or" {
      advance()
      parts.append(try conjunction())
    }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(QueryFault) -> QueryExpression {
    var parts = [try factor()]
    while current.keyword == "and" {
      advance()
      parts.append(try factor())
    }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func factor() throws(QueryFault) -> QueryExpression {
    guard current.keyword == "not" || current.kind == .open else { return try predicate() }
    let opening = current
    guard depth < QueryParser.depthLimit else {
      throw fault("more than \(QueryParser.depthLimit) levels of 'not' and parentheses")
    }
    depth += 1
    defer { depth -= 1 }
    advance()
    guard opening.kind == .open else { return .not(try factor()) }
    let inner = try disjunction()
    guard current.kind == .close else {
      if current.kind == .end {
        throw QueryFault(column: opening.column, reason: "the ( is not closed")
      }
      throw fault("expected 'and', 'or' or )")
    }
    advance()
    return inner
  }

  private mutating func predicate() throws(QueryFault) -> QueryExpression {
    let field = try field()
    let operation = current
    switch operation.kind {
    case .comparison(let comparison):
      advance()
      return try self.comparison(of: field, comparison, at: operation.column)
    case .tilde:
      guard field.kind == .text else { throw fault("~ matches text; \(field.described)") }
      advance()
      guard let pattern = text() else { throw fault("expected a pattern such as \"interview*\"") }
      return .glob(field, pattern)
    default:
      break
    }
    if operation.keyword == "in" {
      guard field.kind != .flag else { throw fault(field.described) }
      advance()
      return current.kind == .open ? try list(of: field) : try range(of: field)
    }
    if let limit = field.meantAbove { return .compare(field, .greater, .number(limit)) }
    guard field.kind == .flag else {
      throw fault("expected =, !=, <, >, ~ or 'in' after \(field.rawValue)")
    }
    return .flag(field)
  }

  private mutating func field() throws(QueryFault) -> QueryField {
    guard case .word(let name) = current.kind, current.keyword == nil else {
      throw fault(current.kind == .end ? "expected a field, such as yaw" : "expected a field here")
    }
    guard let field = QueryField(rawValue: name) else {
      let nearest = QueryField.nearest(to: name).rawValue
      throw fault("unknown field '\(name.prefix(40))'; the nearest is \(nearest)")
    }
    advance()
    return field
  }

  private mutating func comparison(
    of field: QueryField, _ comparison: QueryExpression.Comparison, at column: Int
  ) throws(QueryFault) -> QueryExpression {
    let isEquality = comparison == .equal || comparison == .notEqual
    guard isEquality || field.kind == .number else {
      throw QueryFault(
        column: column, reason: "\(comparison.rawValue) compares numbers; \(field.described)")
    }
    let result: QueryExpression
    if field.kind == .flag {
      guard let word = current.keyword, word == "true" || word == "false" else {
        throw fault("\(field.described): expected true or false")
      }
      result = word == "true" ? .flag(field) : .not(.flag(field))
    } else if current.keyword == "none", isEquality {
      result = .absent(field)
    } else {
      return .compare(field, comparison, try value(of: field))
    }
    advance()
    guard comparison == .notEqual else { return result }
    if case .not(let inner) = result { return inner }
    return .not(result)
  }

  private mutating func list(of field: QueryField) throws(QueryFault) -> QueryExpression {
    let opening = current
    var values: [QueryExpression.Value] = []
    repeat {
      advance()
      values.append(try value(of: field))
    } while current.kind == .comma
    guard current.kind == .close else {
      if current.kind == .end {
        throw QueryFault(column: opening.column, reason: "the ( is not closed")
      }
      throw fault("expected , or ) in the list")
    }
    advance()
    return .list(field, values)
  }

  private mutating func range(of field: QueryField) throws(QueryFault) -> QueryExpression {
    guard field.kind == .number else {
      throw fault("expected a list such as (a, b); \(field.described)")
    }
    let start = current
    if percentile() != nil { return try percentileRange(of: field) }
    let from = number()
    guard current.kind == .range else {
      throw fault(from == nil ? "expected a range such as -20..20" : "expected .. after the number")
    }
    advance()
    let to = number()
    if from == nil, to == nil { throw fault("a range needs at least one end") }
    if let from, let to, from > to {
      throw QueryFault(column: start.column, reason: "the range ends before it starts")
    }
    return .range(field, from: from, to: to)
  }

  /// The same as two comparisons.
  private mutating func percentileRange(
    of field: QueryField
  ) throws(QueryFault) -> QueryExpression {
    let column = current.column
    let from = try value(of: field)
    guard current.kind == .range else { throw fault("expected .. after the percentile") }
    advance()
    guard percentile() != nil else { throw fault("expected a percentile such as p80") }
    let to = try value(of: field)
    if case .percentile(let low) = from, case .percentile(let high) = to, low > high {
      throw QueryFault(column: column, reason: "the range ends before it starts")
    }
    return .and([.compare(field, .greaterOrEqual, from), .compare(field, .lessOrEqual, to)])
  }

  /// The percentile that stands here, which is not passed.
  private func percentile() -> Int? {
    guard case .word(let word) = current.kind, word.first == "p", word.count <= 4,
      let rank = Int(word.dropFirst()), (0...100).contains(rank)
    else { return nil }
    return rank
  }

  private mutating func value(
    of field: QueryField
  ) throws(QueryFault) -> QueryExpression.Value {
    if current.kind == .end { throw fault("expected a value for \(field.rawValue)") }
    let column = current.column
    if field.kind == .number {
      if let rank = percentile() {
        guard field.hasPercentiles else { throw fault("\(field.rawValue) has no percentiles") }
        advance()
        return .percentile(rank)
      }
      guard let number = number() else { throw fault("expected a number: \(field.described)") }
      return .number(number)
    }
    guard let text = text() else {
      if let keyword = current.keyword {
        throw fault("\(field.described): put quotes around \"\(keyword)\" if you mean the word")
      }
      if case .number = current.kind {
        throw fault("\(field.described): put quotes around the number")
      }
      throw fault("expected a value: \(field.described)")
    }
    if let words = field.vocabulary, !words.contains(text) {
      throw QueryFault(
        column: column,
        reason: "no \(field.rawValue) is called '\(text.prefix(40))'; the nearest is "
          + nearestWord(to: text, among: words))
    }
    if field == .identity { mentions.append(Mention(name: text, column: column)) }
    return .text(text)
  }

  private mutating func number() -> Double? {
    guard case .number(let number) = current.kind else { return nil }
    advance()
    return number
  }

  private mutating func text() -> String? {
    switch current.kind {
    case .word(let text) where current.keyword == nil, .string(let text):
      advance()
      return text.precomposedStringWithCanonicalMapping
    default:
      return nil
    }
  }
}

extension QueryField {
  /// For messages.
  fileprivate var described: String {
    switch kind {
    case .number: "\(rawValue) is a number"
    case .text: "\(rawValue) is text"
    case .flag: "\(rawValue) is true or false"
    }
  }
}
