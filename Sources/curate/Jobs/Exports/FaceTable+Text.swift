import FaceCore
import Foundation

extension FaceTable {
  /// A face as one line of JSON, every column there, null where there is no value.
  ///
  /// Numbers that need not be whole have a point or an exponent, so that a reader that guesses types
  /// guesses the same for all lines.
  func json(_ row: ManifestRow) -> String {
    let members = columns.map { column in
      let value =
        switch column.value(row) {
        case .text(let text): Self.quoted(text)
        case .number(let number): number
        case .numbers(let numbers): "[" + numbers.joined(separator: ",") + "]"
        case .none: "null"
        }
      return Self.quoted(column.name) + ":" + value
    }
    return "{" + members.joined(separator: ",") + "}\n"
  }

  /// The names of the columns as a line of CSV.
  ///
  /// Format: RFC 4180. Lines end with CR LF; what holds a comma, a quote or a line's end is quoted.
  var csvHeader: String {
    let names = columns.flatMap { column in
      if case .numbers(let labels) = column.kind {
        labels.map { "\(column.name)_\($0)" }
      } else {
        [column.name]
      }
    }
    return Self.csv(names)
  }

  /// A face as a line of CSV; what has no value is empty, and no text is a formula.
  func csv(_ row: ManifestRow) -> String {
    let fields = columns.flatMap { column -> [String] in
      switch (column.value(row), column.kind) {
      case (.text(let text), _): [Self.harmless(text)]
      case (.number(let number), _): [number]
      case (.numbers(let numbers), _): numbers
      case (.none, .numbers(let labels)): labels.map { _ in "" }
      case (.none, _): [""]
      }
    }
    return Self.csv(fields)
  }

  /// Text that spreadsheets would take for a formula, with an apostrophe before it.
  ///
  /// Source: https://owasp.org/www-community/attacks/CSV_Injection
  private static func harmless(_ text: String) -> String {
    guard let first = text.utf8.first, "=+-@\t\r\n".utf8.contains(first) else { return text }
    return "'" + text
  }

  private static func csv(_ fields: [String]) -> String {
    let quoted = fields.map { field in
      guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
      return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
    return quoted.joined(separator: ",") + "\r\n"
  }

  /// Text as JSON has it.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20: result += String(format: "\\u%04x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
