/// A query, taken apart.
///
/// An absent value (a measure that was not taken, a face without a name) equals nothing, lies in
/// no range, and is different from everything: every predicate is true or false, and `not` swaps
/// the two.
public indirect enum QueryExpression: Hashable, Sendable {
  case compare(QueryField, Comparison, Value)
  /// Both ends belong to it; a missing end is open. At least one is there.
  case range(QueryField, from: Double?, to: Double?)
  case list(QueryField, [Value])
  /// `*` stands for any text, `?` for one character.
  case glob(QueryField, String)
  case flag(QueryField)
  /// The field has no value: `identity = none`.
  case absent(QueryField)
  case not(QueryExpression)
  /// At least two.
  case and([QueryExpression])
  case or([QueryExpression])

  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  public enum Value: Hashable, Sendable {
    case number(Double)
    case text(String)
    /// `p40`, 0 to 100: the value that so many percent of the faces of the same identity in the same
    /// cell do not exceed (nearest rank), among those that are not rejected.
    case percentile(Int)
  }
}

/// The query as text that parses to the same expression.
extension QueryExpression: CustomStringConvertible {
  public var description: String {
    switch self {
    case .compare(let field, let comparison, let value):
      "\(field.rawValue) \(comparison.rawValue) \(value)"
    case .range(let field, let from, let to):
      "\(field.rawValue) in \(from.map(literal) ?? "")..\(to.map(literal) ?? "")"
    case .list(let field, let values):
      "\(field.rawValue) in (\(values.map(\.description).joined(separator: ", ")))"
    case .glob(let field, let pattern): "\(field.rawValue) ~ \(quoted(pattern))"
    case .flag(let field): field.rawValue
    case .absent(let field): "\(field.rawValue) = none"
    case .not(let inner): "not \(inner.asOperand)"
    case .and(let parts): parts.map(\.asOperand).joined(separator: " and ")
    case .or(let parts):
      parts.map { part in
        if case .or = part { "(\(part))" } else { part.description }
      }.joined(separator: " or ")
    }
  }

  private var asOperand: String {
    switch self {
    case .and, .or: "(\(self))"
    default: description
    }
  }
}

extension QueryExpression.Value: CustomStringConvertible {
  public var description: String {
    switch self {
    case .number(let number): literal(number)
    case .text(let string): isPlainWord(string) ? string : quoted(string)
    case .percentile(let rank): "p\(rank)"
    }
  }
}

private func literal(_ number: Double) -> String {
  if let whole = Int(exactly: number), abs(whole) < 1_000_000_000 { return String(whole) }
  return String(number)
}

private func quoted(_ string: String) -> String {
  var result = "\""
  for scalar in string.unicodeScalars {
    if scalar == "\"" { result.unicodeScalars.append(scalar) }
    result.unicodeScalars.append(scalar)
  }
  result.unicodeScalars.append("\"")
  return result
}

private func isPlainWord(_ string: String) -> Bool {
  guard let first = string.utf8.first, !QueryToken.reserved.contains(string.lowercased()) else {
    return false
  }
  func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
  }
  return isLetter(first)
    && string.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == 45 }
}
