/// One word of a query and where it stands, counted in Unicode scalars.
struct QueryToken: Hashable {
  enum Kind: Hashable {
    /// A name or a value without quotes.
    case word(String)
    case string(String)
    case number(Double)
    case comparison(QueryExpression.Comparison)
    case tilde, open, close, comma, range
    case end
  }

  let kind: Kind
  let column: Int

  /// Words that need quotes to be a value.
  static let reserved: Set<String> = ["and", "or", "not", "in", "none", "true", "false"]

  /// The reserved word this is, in lower case; nil for all else.
  var keyword: String? {
    guard case .word(let word) = kind else { return nil }
    let lowered = word.lowercased()
    return QueryToken.reserved.contains(lowered) ? lowered : nil
  }
}

/// Cuts a query into tokens.
struct QueryLexer {
  /// Longer queries are refused: nobody typed them.
  static let lengthLimit = 16384

  private let scalars: [Unicode.Scalar]
  private var at = 0

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  static func tokens(of text: String) throws(QueryFault) -> [QueryToken] {
    guard text.utf8.count <= lengthLimit else {
      throw QueryFault(column: 0, reason: "is longer than \(lengthLimit) bytes")
    }
    var lexer = QueryLexer(text)
    var result: [QueryToken] = []
    while true {
      let token = try lexer.next()
      result.append(token)
      if token.kind == .end { return result }
    }
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    at + ahead < scalars.count ? scalars[at + ahead] : nil
  }

  private mutating func next() throws(QueryFault) -> QueryToken {
    while let space = peek(), space.properties.isWhitespace { at += 1 }
    let start = at
    guard let first = peek() else { return QueryToken(kind: .end, column: start) }
    let kind: QueryToken.Kind
    if first == "\"" || first == "'" {
      kind = .string(try string(endingWith: first))
    } else if isDigit(first) || (first == "-" && peek(1).map(isDigit) == true) {
      kind = try number()
    } else if startsWord(first) {
      kind = .word(word())
    } else {
      kind = try symbol(first)
    }
    return QueryToken(kind: kind, column: start)
  }

  private mutating func symbol(_ first: Unicode.Scalar) throws(QueryFault) -> QueryToken.Kind {
    let pair = String(first) + (peek(1).map { String($0) } ?? "")
    if pair == ".." {
      at += 2
      return .range
    }
    for text in pair.unicodeScalars.count == 2 ? [pair, String(first)] : [pair] {
      if let comparison = QueryExpression.Comparison(rawValue: text) {
        at += text.unicodeScalars.count
        return .comparison(comparison)
      }
    }
    at += 1
    switch first {
    case "~": return .tilde
    case "(": return .open
    case ")": return .close
    case ",": return .comma
    default:
      throw QueryFault(column: at - 1, reason: "'\(QueryFault.shown(first))' means nothing here")
    }
  }

  /// Between quotes; a doubled quote stands for itself.
  private mutating func string(endingWith quote: Unicode.Scalar) throws(QueryFault) -> String {
    let start = at
    at += 1
    var result = String.UnicodeScalarView()
    while let scalar = peek() {
      at += 1
      if scalar == quote {
        guard peek() == quote else { return String(result) }
        at += 1
      }
      result.append(scalar)
    }
    throw QueryFault(column: start, reason: "the quote is not closed")
  }

  /// Digits with a point and an exponent; what runs on in letters is a word, such as an id.
  private mutating func number() throws(QueryFault) -> QueryToken.Kind {
    let start = at
    if peek() == "-" { at += 1 }
    skipDigits()
    if peek() == ".", peek(1).map(isDigit) == true {
      at += 1
      skipDigits()
    }
    if peek() == "e" || peek() == "E" {
      let sign = peek(1) == "-" || peek(1) == "+" ? 1 : 0
      if peek(1 + sign).map(isDigit) == true {
        at += 1 + sign
        skipDigits()
      }
    }
    if let following = peek(), continuesWord(following), !isRange(at) {
      at = start
      return .word(word())
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<at])
    guard let value = Double(String(text)), value.isFinite else {
      throw QueryFault(column: start, reason: "the number is too large")
    }
    return .number(value)
  }

  private mutating func word() -> String {
    var result = String.UnicodeScalarView()
    while let scalar = peek(), continuesWord(scalar), !isRange(at) {
      result.append(scalar)
      at += 1
    }
    return String(result)
  }

  private mutating func skipDigits() {
    while let digit = peek(), isDigit(digit) { at += 1 }
  }

  private func isRange(_ index: Int) -> Bool {
    index + 1 < scalars.count && scalars[index] == "." && scalars[index + 1] == "."
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private func startsWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar == "_" || scalar == "*" || scalar == "?"
  }

  private func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
    startsWord(scalar) || isDigit(scalar) || scalar == "-" || scalar == "." || scalar == ":"
      || scalar.properties.canonicalCombiningClass != .notReordered
  }
}
