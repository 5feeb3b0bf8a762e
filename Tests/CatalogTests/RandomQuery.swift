import Catalog
import FaceCore

/// Queries at random, and what they mean, spelled out the slow way.
extension QueryExpression {
  static func random(
    depth: Int, names: [String], using random: inout SeededGenerator
  ) -> QueryExpression {
    if depth > 0, Int.random(in: 0..<4, using: &random) > 0 {
      let parts = (0..<Int.random(in: 2...4, using: &random)).map { _ in
        QueryExpression.random(depth: depth - 1, names: names, using: &random)
      }
      switch Int.random(in: 0..<3, using: &random) {
      case 0: return .not(parts[0])
      case 1: return .and(parts)
      default: return .or(parts)
      }
    }
    return predicate(names: names, using: &random)
  }

  private static func predicate(
    names: [String], using random: inout SeededGenerator
  ) -> QueryExpression {
    let field = QueryField.allCases.randomElement(using: &random) ?? .yaw
    switch field.kind {
    case .flag: return .flag(field)
    case .number: return numberPredicate(field, using: &random)
    case .text: return textPredicate(field, names: names, using: &random)
    }
  }

  private static func numberPredicate(
    _ field: QueryField, using random: inout SeededGenerator
  ) -> QueryExpression {
    func number() -> Double {
      let value = Double.random(in: -60...60, using: &random)
      // Coarse numbers meet the data's own; long ones try the printing.
      return Bool.random(using: &random) ? (value / 3).rounded() : value / 7
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .absent(field)
    case 1: return .list(field, [.number(number()), .number(number()), .number(number())])
    case 2:
      let ends = [number(), number()].sorted()
      switch Int.random(in: 0..<3, using: &random) {
      case 0: return .range(field, from: ends[0], to: nil)
      case 1: return .range(field, from: nil, to: ends[1])
      default: return .range(field, from: ends[0], to: ends[1])
      }
    default:
      let comparison = Comparison.allCases.randomElement(using: &random) ?? .equal
      return .compare(field, comparison, .number(number()))
    }
  }

  private static func textPredicate(
    _ field: QueryField, names: [String], using random: inout SeededGenerator
  ) -> QueryExpression {
    let names =
      switch field {
      case .light: LightBin.allCases.map(\.rawValue)
      case .cell: PoseCell.all.map(\.name)
      default: names
      }
    func name() -> String { names.randomElement(using: &random) ?? "" }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return .absent(field)
    case 1: return .list(field, [.text(name()), .text(name())])
    case 2:
      let patterns = ["*", "a*", "*[2]*", "interview-?.mp4", "*l?ce", "", name()]
      return .glob(field, patterns.randomElement(using: &random) ?? "*")
    case 3: return .compare(field, .notEqual, .text(name()))
    default: return .compare(field, .equal, .text(name()))
    }
  }

  /// What the query says of a face: the reference that the compiled SQL must agree with.
  func holds(for face: FaceRecord) -> Bool {
    switch self {
    case .not(let inner): return !inner.holds(for: face)
    case .and(let parts): return parts.allSatisfy { $0.holds(for: face) }
    case .or(let parts): return parts.contains { $0.holds(for: face) }
    case .flag(let field): return field == .rejected ? face.rejection != nil : face.isDuplicate
    case .absent(let field): return face.value(of: field) == nil
    case .glob(let field, let pattern):
      guard case .text(let text) = face.value(of: field) else { return false }
      return matches(Array(pattern)[...], Array(text)[...])
    case .list(let field, let values):
      return face.value(of: field).map(values.contains) ?? false
    case .range(let field, let from, let to):
      guard case .number(let number) = face.value(of: field) else { return false }
      return number >= from ?? -.infinity && number <= to ?? .infinity
    case .compare(let field, let comparison, let value):
      return compare(face.value(of: field), comparison, value)
    }
  }

  private func compare(_ found: Value?, _ comparison: Comparison, _ value: Value) -> Bool {
    if comparison == .equal { return found == value }
    if comparison == .notEqual { return found != value }
    guard case .number(let left) = found, case .number(let right) = value else { return false }
    return switch comparison {
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    default: left >= right
    }
  }
}

private func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
  guard let first = pattern.first else { return text.isEmpty }
  if first == "*" {
    return matches(pattern.dropFirst(), text)
      || (!text.isEmpty && matches(pattern, text.dropFirst()))
  }
  guard let letter = text.first, first == "?" || first == letter else { return false }
  return matches(pattern.dropFirst(), text.dropFirst())
}

extension FaceRecord {
  func value(of field: QueryField) -> QueryExpression.Value? {
    switch field {
    case .identity: identity.map { .text($0) }
    case .video: .text(video)
    case .path: .text(path)
    case .id: .text(id.description)
    case .track: .number(Double(track))
    case .ordinal: .number(Double(id.ordinal))
    case .seconds: .number(time.seconds)
    case .yaw: .number(pose.yaw)
    case .pitch: .number(pose.pitch)
    case .roll: .number(pose.roll)
    case .size: .number(size)
    case .score: .number(score)
    case .shot: .number(Double(shot))
    case .light: lightBin.map { .text($0.rawValue) }
    case .cell: .text(PoseCell(yaw: pose.yaw, pitch: pose.pitch).name)
    case .loss: loss.map { .number($0) }
    case .rejected, .duplicate: nil
    // The measures.
    default: measures[field.rawValue].map { .number($0) }
    }
  }
}
