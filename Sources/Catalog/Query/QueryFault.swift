/// A mistake in a query, before it is said as a `CatalogError`.
struct QueryFault: Error {
  /// Counted in Unicode scalars from 0.
  let column: Int
  let reason: String

  func error(in text: String) -> CatalogError {
    let before = String(String.UnicodeScalarView(text.unicodeScalars.prefix(column)))
    return CatalogError(
      code: .query, subject: "query", reason: "column \(before.count + 1): \(reason)",
      excerpt: QueryFault.excerpt(of: text, column: column))
  }

  /// The query and, below it, a caret under the column; a long query is cut around it.
  static func excerpt(of text: String, column: Int) -> String {
    let scalars = Array(text.unicodeScalars)
    let start = max(0, column - 60)
    let end = min(scalars.count, max(column, 0) + 40)
    func line(_ range: Range<Int>) -> String { range.map { shown(scalars[$0]) }.joined() }
    let head = (start > 0 ? "…" : "") + line(min(start, end)..<min(column, end))
    let tail = line(min(column, end)..<end) + (end < scalars.count ? "…" : "")
    return head + tail + "\n" + String(repeating: " ", count: head.count) + "^"
  }

  /// On one line and without what a terminal would obey.
  static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: " "
    default: String(scalar)
    }
  }
}
