import Catalog
import FaceCore
import Foundation
import TOMLKit

/// One key of a recipe: how its value is read, written and judged.
struct RecipeKey {
  let name: String
  /// What the value is, in words, such as `a whole number of 1 or more`.
  let expected: String
  /// Takes a value of a recipe file; false leaves the recipe as it was, for a value of another type.
  let read: (TOMLValue, inout Recipe) -> Bool
  /// The value as TOML has it; nil where the recipe leaves it open.
  let written: (Recipe) -> String?
  /// What is wrong with the recipe's value; nil when it does.
  let fault: (Recipe) -> String?
  /// What an open value means.
  var unset = ""
}

extension RecipeKey {
  /// All keys, in the order in which a recipe is written.
  static var all: [RecipeKey] {
    [
      query("source", \.source), query("target", \.target),
      whole("faces", \.faces, in: 1...10_000_000), choice("distribution", \.distribution),
      query("match", \.match, unset: "the target's own faces"), choices("axes", \.axes),
      floors, flag("collapse", \.collapse), whole("least", \.least, in: 0...10_000_000), spread,
      flag("mirror", \.mirror), choices("augment", \.augment),
      whole("variants", \.variants, in: 1...ManifestRow.Augmentation.variantLimit),
      number("limit", \.limit, in: 1...1000),
      number("validation", \.validation, in: 0...0.5), seed,
    ]
  }

  static func named(_ name: String) -> RecipeKey? { all.first { $0.name == name } }

  private static func query(
    _ name: String, _ path: WritableKeyPath<Recipe, String>
  ) -> RecipeKey {
    RecipeKey(
      name: name, expected: "a query in quotes",
      read: { value, recipe in
        guard let text = value.string else { return false }
        recipe[keyPath: path] = text
        return true
      }, written: { quoted($0[keyPath: path]) }, fault: { queryFault($0[keyPath: path]) })
  }

  private static func query(
    _ name: String, _ path: WritableKeyPath<Recipe, String?>, unset: String
  ) -> RecipeKey {
    RecipeKey(
      name: name, expected: "a query in quotes",
      read: { value, recipe in
        guard let text = value.string else { return false }
        recipe[keyPath: path] = text
        return true
      }, written: { $0[keyPath: path].map(quoted) },
      fault: { $0[keyPath: path].flatMap(queryFault) }, unset: unset)
  }

  /// Empty text stands for none.
  private static var floors: RecipeKey {
    RecipeKey(
      name: "floors", expected: "a query in quotes, empty for none",
      read: { value, recipe in
        guard let text = value.string else { return false }
        recipe.floors = isBlank(text) ? nil : text
        return true
      }, written: { quoted($0.floors ?? "") }, fault: { $0.floors.flatMap(queryFault) })
  }

  private static func flag(_ name: String, _ path: WritableKeyPath<Recipe, Bool>) -> RecipeKey {
    RecipeKey(
      name: name, expected: "true or false",
      read: { value, recipe in
        guard let flag = value.bool else { return false }
        recipe[keyPath: path] = flag
        return true
      }, written: { "\($0[keyPath: path])" }, fault: { _ in nil })
  }

  private static func whole(
    _ name: String, _ path: WritableKeyPath<Recipe, Int>, in range: ClosedRange<Int>
  ) -> RecipeKey {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return RecipeKey(
      name: name, expected: expected,
      read: { value, recipe in
        guard let number = value.int else { return false }
        recipe[keyPath: path] = number
        return true
      }, written: { "\($0[keyPath: path])" },
      fault: { recipe in
        let number = recipe[keyPath: path]
        return range.contains(number) ? nil : "is \(expected), not \(number)"
      })
  }

  private static func number(
    _ name: String, _ path: WritableKeyPath<Recipe, Double>, in range: ClosedRange<Double>
  ) -> RecipeKey {
    let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
    return RecipeKey(
      name: name, expected: expected,
      read: { value, recipe in
        guard let number = value.double ?? value.int.map(Double.init) else { return false }
        recipe[keyPath: path] = number
        return true
      }, written: { "\($0[keyPath: path])" },
      fault: { recipe in
        let number = recipe[keyPath: path]
        return range.contains(number) ? nil : "is \(expected), not \(number)"
      })
  }

  private static var spread: RecipeKey {
    let expected = "a number of 0 or more"
    return RecipeKey(
      name: "spread", expected: expected,
      read: { value, recipe in
        guard let number = value.double ?? value.int.map(Double.init) else { return false }
        recipe.spread = number
        return true
      }, written: { $0.spread.map { "\($0)" } },
      fault: { recipe in
        guard let number = recipe.spread, !(number >= 0 && number.isFinite) else { return nil }
        return "is \(expected), not \(number)"
      }, unset: "as large as the quota allows")
  }

  private static var seed: RecipeKey {
    let expected = "a whole number from 0 to \(Int.max)"
    return RecipeKey(
      name: "seed", expected: expected,
      read: { value, recipe in
        guard let number = value.int, number >= 0 else { return false }
        recipe.seed = UInt64(number)
        return true
      }, written: { "\($0.seed)" },
      fault: { $0.seed <= UInt64(Int.max) ? nil : "is \(expected), not \($0.seed)" })
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<Recipe, Value>
  ) -> RecipeKey {
    RecipeKey(
      name: name, expected: words(of: Value.self),
      read: { value, recipe in
        guard let chosen = value.string.flatMap(Value.init(rawValue:)) else { return false }
        recipe[keyPath: path] = chosen
        return true
      }, written: { "\"\($0[keyPath: path].rawValue)\"" }, fault: { _ in nil })
  }

  private static func choices<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<Recipe, [Value]>
  ) -> RecipeKey {
    RecipeKey(
      name: name, expected: "a list of \(words(of: Value.self))",
      read: { value, recipe in
        guard let list = value.array else { return false }
        let chosen = list.map { $0.string.flatMap(Value.init(rawValue:)) }
        guard chosen.allSatisfy({ $0 != nil }) else { return false }
        recipe[keyPath: path] = chosen.compactMap(\.self)
        return true
      },
      written: { recipe in
        "[" + recipe[keyPath: path].map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + "]"
      },
      fault: { recipe in
        var seen: Set<String> = []
        return recipe[keyPath: path].first { !seen.insert($0.rawValue).inserted }
          .map { "names \"\($0.rawValue)\" twice" }
      })
  }

  private static func words<Value: RawRepresentable<String> & CaseIterable>(
    of type: Value.Type
  ) -> String {
    let words = type.allCases.map { "\"\($0.rawValue)\"" }
    return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }

  static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }

  private static func queryFault(_ text: String) -> String? {
    if isBlank(text) { return "is empty" }
    do {
      _ = try FaceQuery(parsing: text)
      return nil
    } catch {
      return "is not understood: \(error.reason)"
    }
  }

  /// Text as a TOML string: as it is in single quotes, where that can be.
  static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0 != "'" && ($0.value >= 0x20 && $0.value != 0x7f || $0 == "\t")
    }
    if isPlain { return "'\(text)'" }
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\n": "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        String(format: "\\u%04X", scalar.value)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
