import ArgumentParser
import FaceCore
import Foundation

/// How results are printed on stdout; everything else goes to stderr.
struct OutputOption: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Option(help: "How to print results: table or json.")
  var format: Format = .table

  /// Prints a value as JSON, or as the text.
  func show(_ value: some Encodable, text: () -> String) throws {
    switch format {
    case .table: try Self.say(text().printable)
    case .json: try Self.say(try JSON.text(value))
    }
  }

  /// A result as it is, with a line's end.
  ///
  /// Throws `FileError` when it cannot be written; a pipe that nobody reads ends the command without a word.
  static func say(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch  where FileError.code(of: error) == EPIPE {
      throw ExitCode.failure
    } catch {
      throw FileError(
        subject: "standard output", reason: "cannot be written: \(FileError.cause(of: error))")
    }
  }

  /// Prints values as JSON objects, or as a table.
  func show<Row: Encodable>(_ rows: [Row], _ columns: [Column<Row>]) throws {
    try show(rows) { Column.table(rows, columns) }
  }
}

/// One column of a printed table.
struct Column<Row> {
  var title: String
  /// Numbers stand to the right.
  var isNumber: Bool
  var text: (Row) -> String

  init(_ title: String, number: Bool = false, _ text: @escaping (Row) -> String) {
    (self.title, isNumber, self.text) = (title, number, text)
  }

  static func table(_ rows: [Row], _ columns: [Column]) -> String {
    let cells = rows.map { row in
      columns.map { $0.text(row).printable.replacingOccurrences(of: "\n", with: "\\n") }
    }
    let widths = columns.indices.map { index in
      max(columns[index].title.count, cells.map { $0[index].count }.max() ?? 0)
    }
    func line(_ texts: [String]) -> String {
      let padded = texts.indices.map { index in
        let space = String(repeating: " ", count: widths[index] - texts[index].count)
        return columns[index].isNumber ? space + texts[index] : texts[index] + space
      }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }
    return ([line(columns.map(\.title))] + cells.map(line)).joined(separator: "\n")
  }
}

enum JSON {
  /// Indented, keys sorted and in `snake_case`, so that scripts and people can read it.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Double {
  /// Fixed decimals, for people.
  func text(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}

/// A failure the command itself finds; prints as one line.
struct CommandError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// The exit codes of every command: 0 done, 1 failed, 64 wrong usage, and these.
extension ExitCode {
  static let partly = ExitCode(2)
  static let usage = ExitCode(64)
}

/// One line on stderr.
func warn(_ line: String) {
  FileHandle.standardError.write(Data((line.printable + "\n").utf8))
}

extension String {
  /// Without what a terminal would obey: names of files can hold anything.
  var printable: String {
    guard unicodeScalars.contains(where: Self.isObeyed) else { return self }
    return unicodeScalars.map { Self.isObeyed($0) ? $0.escaped(asASCII: true) : String($0) }
      .joined()
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar != "\n" && scalar != "\t"
    // What turns the direction of writing round.
    case .format: scalar.properties.isBidiControl
    default: false
    }
  }
}
