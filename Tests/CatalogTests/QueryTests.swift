import Catalog
import FaceCore
import Foundation
import Testing

@Suite struct QueryTests {
  static let names = ["alice", "Bob O'Neil", "c \"d\" [2]", "42", "not", "é", "\u{301}x", ""]

  @Test func printedQueryParsesToTheSame() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<3000 {
      let expression = QueryExpression.random(depth: 3, names: QueryTests.names, using: &random)
      let text = expression.description
      #expect(try FaceQuery(parsing: text).expression == expression, "\(text)")
    }
  }

  @Test(arguments: [
    ("yaw = 3", "yaw = 3"), ("yaw>=-3.5", "yaw >= -3.5"), ("yaw in -60..-20", "yaw in -60..-20"),
    ("yaw in ..5", "yaw in ..5"), ("yaw in 5..", "yaw in 5.."),
    ("track in (1,2)", "track in (1, 2)"),
    ("yaw = 1e3", "yaw = 1000"), ("yaw = -1.5E-3", "yaw = -0.0015"),
    ("identity = 'it''s'", "identity = \"it's\""), ("identity='x'", "identity = x"),
    ("video ~ *.mp4", "video ~ \"*.mp4\""), ("rejected = false", "not rejected"),
    ("rejected != false", "rejected"), ("identity != none", "not identity = none"),
    ("NOT rejected AND (yaw < 1 OR yaw > 2)", "not rejected and (yaw < 1 or yaw > 2)"),
    ("yaw<1 or yaw>2 and pitch=0", "yaw < 1 or yaw > 2 and pitch = 0"),
    ("((yaw<1))", "yaw < 1"), ("not not rejected", "not not rejected"), ("  ", ""),
    ("id = 0123456789abcdef:12:0", "id = \"0123456789abcdef:12:0\""),
    ("identity in (alice, bob-2)", "identity in (alice, bob-2)"),
    ("occluded or blur < p10", "occluded > 0.1 or blur < p10"),
    ("not occluded", "not occluded > 0.1"), ("occluded > 0.3", "occluded > 0.3"),
  ])
  func queryPrintsPlainly(text: String, printed: String) throws {
    let query = try FaceQuery(parsing: text)
    #expect(query.description == printed)
    #expect(try FaceQuery(parsing: query.description) == query)
  }

  /// The text, the column of the caret from 1, and a part of the reason.
  @Test(arguments: [
    ("yow < 3", 1, "nearest is yaw"), ("yaw < 3 and identiy = a", 13, "nearest is identity"),
    ("yaw <", 6, "expected a value for yaw"), ("yaw < alice", 7, "yaw is a number"),
    ("identity = 3", 12, "identity is text"), ("identity < a", 10, "compares numbers"),
    ("yaw", 4, "after yaw"), ("yaw 3", 5, "after yaw"), ("(yaw < 3", 1, "not closed"),
    ("yaw < 3)", 8, "no ("), ("yaw < 3 pitch < 2", 9, "'and' or 'or'"),
    ("yaw in 3", 9, "expected .."), ("yaw in ..", 10, "one end"),
    ("yaw in 5..-5", 8, "ends before"),
    ("yaw in (1, 2", 8, "not closed"), ("yaw in (1 2)", 11, "expected , or )"),
    ("yaw in ()", 9, "expected a number"), ("identity in 1..2", 13, "list such as"),
    ("yaw ~ \"*\"", 5, "matches text"), ("identity = \"a", 12, "not closed"),
    ("yaw < 1e999", 7, "too large"), ("yaw & 3", 5, "means nothing"),
    ("and", 1, "expected a field"),
    ("yaw < 3 and", 12, "expected a field"), ("rejected = 3", 12, "true or false"),
    ("rejected in (1)", 10, "true or false"), ("identity = and", 12, "put quotes around"),
    ("identity = \"é\" and yow = 1", 20, "nearest is yaw"), ("yaw in a..b", 8, "range such as"),
  ])
  func mistakeIsPointedAt(text: String, column: Int, part: String) throws {
    let error = try #require(catalogError { _ = try FaceQuery(parsing: text) })
    #expect(error.code == .query)
    #expect(error.reason.hasPrefix("column \(column): "), "\(error.reason)")
    #expect(error.reason.contains(part), "\(error.reason)")
    #expect(!error.description.contains("\n"))
    #expect(
      error.excerpt == text + "\n" + String(repeating: " ", count: column - 1) + "^")
  }

  @Test func deepAndLongQueriesAreRefusedOrAnswered() throws {
    let deep =
      String(repeating: "(", count: 5000) + "rejected" + String(repeating: ")", count: 5000)
    #expect(catalogError { _ = try FaceQuery(parsing: deep) }?.reason.contains("levels") == true)
    let negations = String(repeating: "not ", count: 3000) + "rejected"
    #expect(catalogError { _ = try FaceQuery(parsing: negations) }?.code == .query)
    let long = String(repeating: "yaw < 1 and ", count: 100_000) + "rejected"
    #expect(catalogError { _ = try FaceQuery(parsing: long) }?.reason.contains("longer") == true)
    let excerpt = catalogError { _ = try FaceQuery(parsing: deep) }?.excerpt ?? ""
    #expect(excerpt.count < 250)

    let scratch = Scratch()
    let workspace = try scratch.create()
    let wide = String(repeating: "yaw<1 or ", count: 1800) + "not (yaw>1)"
    #expect(try workspace.count(matching: FaceQuery(parsing: wide)) == 0)
    let list = "track in (" + (0..<3000).map(String.init).joined(separator: ",") + ")"
    #expect(try workspace.count(matching: FaceQuery(parsing: list)) == 0)
  }

  @Test func randomTextNeverCrashes() {
    var random = SeededGenerator(seed: 2)
    let words = [
      "yaw", "rejected", "identity", "and", "or", "not", "in", "none", "(", ")", ",", "..", "=",
      "!=", "<", "~", "-", "3", "-1.5", "1e5", "\"", "'", "\"a\"", "é", "\u{301}", "\u{0}", "\n",
      "🙂", "\u{600}", ".", ":", "sort", "*", "p40", "true", "\u{202E}",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &random)
      let soup = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: Bool.random(using: &random) ? " " : "")
      for text in [soup, scramble(soup, using: &random)] {
        do {
          let query = try FaceQuery(parsing: text)
          #expect(try FaceQuery(parsing: query.description) == query, "\(text)")
        } catch {
          #expect(error.excerpt?.split(separator: "\n").count ?? 0 <= 2)
        }
        _ = try? FaceSort.parsing(text)
      }
    }
  }

  private func scramble(_ text: String, using random: inout SeededGenerator) -> String {
    let bytes = text.utf8.map { byte in
      Int.random(in: 0..<4, using: &random) == 0 ? UInt8.random(in: 0...255, using: &random) : byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func sortIsReadAndRefused() throws {
    #expect(
      try FaceSort.parsing("sharpness desc, yaw asc, id")
        == [FaceSort(.sharpness, descending: true), FaceSort(.yaw), FaceSort(.id)])
    #expect(try FaceSort.parsing("") == [])
    for text in ["yow", "yaw down", "yaw desc pitch", "3"] {
      #expect(catalogError { _ = try FaceSort.parsing(text) }?.code == .query, "\(text)")
    }
  }
}
