/// Which faces are meant: the text that the command line, recipes and pages share.
///
///     identity = alice and yaw in -60..-20 and not rejected and video ~ "interview*"
///
/// Rejected faces are left out unless the query speaks of `rejected` or `includesRejected` is set.
public struct FaceQuery: Hashable, Sendable {
  /// Nil means all faces.
  public let expression: QueryExpression?
  public var includesRejected: Bool
  /// Whether faces of an import that another took the place of are seen where rejected ones are.
  public var includesReplaced = false
  /// As it was typed, or as it prints; errors point into it.
  public let text: String

  /// All faces that are not rejected.
  public static let all = FaceQuery(nil)

  public init(_ expression: QueryExpression?, includesRejected: Bool = false) {
    self.expression = expression
    self.includesRejected = includesRejected
    text = expression?.description ?? ""
  }

  /// Reads a query; text without a word means all faces.
  ///
  /// Throws `.query`, with the query and a caret in `excerpt`.
  public init(parsing text: String, includesRejected: Bool = false) throws(CatalogError) {
    self.includesRejected = includesRejected
    self.text = text
    if text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
      expression = nil
      return
    }
    do {
      expression = try QueryParser.parse(text).expression
    } catch {
      throw error.error(in: text)
    }
  }

  public static func == (left: FaceQuery, right: FaceQuery) -> Bool {
    left.expression == right.expression && left.includesRejected == right.includesRejected
      && left.includesReplaced == right.includesReplaced
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(expression)
    hasher.combine(includesRejected)
    hasher.combine(includesReplaced)
  }
}

/// Text that parses to an equal query.
extension FaceQuery: CustomStringConvertible {
  public var description: String { expression?.description ?? "" }
}

extension QueryExpression {
  /// Whether the field is spoken of anywhere.
  func mentions(_ field: QueryField) -> Bool {
    switch self {
    case .compare(let named, _, _), .range(let named, _, _), .list(let named, _),
      .glob(let named, _), .flag(let named), .absent(let named):
      named == field
    case .not(let inner): inner.mentions(field)
    case .and(let parts), .or(let parts): parts.contains { $0.mentions(field) }
    }
  }
}
