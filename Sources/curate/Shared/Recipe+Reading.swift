import Catalog
import Foundation
import TOMLKit

extension Recipe {
  /// Reads a recipe's text.
  ///
  /// Throws a `CommandError` that names `subject`, line and column.
  init(text: String, subject: String) throws {
    let document = try RecipeDocument(text: text, subject: subject)
    self.init(source: "", target: "")
    for name in document.keys {
      guard let key = RecipeKey.named(name), let value = document.table[name]?.tomlValue else {
        let near = nearestWord(to: name, among: RecipeKey.all.map(\.name))
        throw document.error(at: name, "there is no key \(name); did you mean \(near)?")
      }
      guard key.read(value, &self) else {
        throw document.error(
          inValueOf: name, "\(name) is \(key.expected)\(RecipeDocument.not(value))")
      }
    }
    for name in ["source", "target"] where !document.keys.contains(name) {
      throw CommandError("\(subject): needs a \(name) query, such as \(name) = 'identity = alice'")
    }
    if let fault {
      throw document.error(inValueOf: fault.key, "\(fault.key) \(fault.reason)")
    }
  }

  /// Reads a recipe's file.
  ///
  /// Throws a `CommandError` when it cannot be read, and for what is wrong in it.
  init(path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandError("\(path): no such recipe")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError("\(path): cannot be read")
    }
    guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
      throw CommandError("\(path): not a recipe: not UTF-8 text of at most 1 MB")
    }
    try self.init(text: text, subject: path)
  }
}

/// A recipe's text as TOML, and where in it a key stands.
struct RecipeDocument {
  let table: TOMLTable
  /// Sorted.
  let keys: [String]
  private let subject: String
  private let lines: [Substring]

  /// Throws a `CommandError` with line and column for what is no TOML, keys that are there twice
  /// among it.
  init(text: String, subject: String) throws {
    lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    self.subject = subject
    // The parser takes its text to end at the first zero.
    guard !text.unicodeScalars.contains("\0") else {
      throw CommandError("\(subject): holds a zero byte")
    }
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let place = error.source.begin
      let reason = error.description.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw CommandError("\(subject): line \(place.line), column \(place.column): \(reason)")
    }
    keys = table.keys
  }

  /// An error about a key, with its place.
  func error(at key: String, _ reason: String) -> CommandError {
    CommandError("\(subject): \(placeText(find(key).map { ($0.line, $0.key) }))\(reason)")
  }

  /// An error about a key's value, with the value's place.
  func error(inValueOf key: String, _ reason: String) -> CommandError {
    CommandError("\(subject): \(placeText(find(key).map { ($0.line, $0.value) }))\(reason)")
  }

  private func placeText(_ place: (line: Int, column: Int)?) -> String {
    place.map { "line \($0.line), column \($0.column): " } ?? ""
  }

  /// Line and columns of a key and of its value, each from 1.
  ///
  /// The parser does not tell where values stand. A line that begins like the key is the key's if all
  /// before it is TOML by itself; else it is inside a longer text or list.
  private func find(_ key: String) -> (line: Int, key: Int, value: Int)? {
    for (index, line) in lines.enumerated() {
      let start = line.firstIndex { !" \t[\"'".contains($0) } ?? line.endIndex
      guard line[start...].hasPrefix(key) else { continue }
      let rest = line[start...].dropFirst(key.count)
      guard let next = rest.first, " \t=.]\"'".contains(next) else { continue }
      let before = lines[..<index].joined(separator: "\n")
      guard (try? TOMLTable(string: before)) != nil else { continue }  // Not a key: look on.
      let column = line.distance(from: line.startIndex, to: start) + 1
      guard let equals = rest.firstIndex(of: "="),
        let value = line[line.index(after: equals)...].firstIndex(where: { $0 != " " && $0 != "\t" }
        )
      else { return (index + 1, column, column) }
      return (index + 1, column, line.distance(from: line.startIndex, to: value) + 1)
    }
    return nil
  }

  /// What a value is instead, as the end of a sentence.
  static func not(_ value: TOMLValue) -> String {
    switch value.type {
    case .string: ", not \"\(value.string ?? "")\""
    case .int: ", not \(value.int.map(String.init) ?? "a number")"
    case .double: ", not \(value.double.map { "\($0)" } ?? "a number")"
    case .bool: ", not \(value.bool == true)"
    case .array: value.array.map { ", not " + list($0) } ?? ", not a list"
    case .table: ", not a table"
    case .date, .time, .dateTime: ", not a date or time"
    }
  }

  private static func list(_ values: TOMLArray) -> String {
    let words = values.prefix(9).map { value in value.string.map { "\"\($0)\"" } ?? "…" }
    return "[" + words.joined(separator: ", ") + "]"
  }
}
