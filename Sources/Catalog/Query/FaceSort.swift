/// By what faces are put in order.
///
/// Faces that tie, and faces without a word about order, come by video hash, frame and place in the
/// frame; those without a value come last either way.
public struct FaceSort: Hashable, Sendable, CustomStringConvertible {
  public var field: QueryField
  public var isDescending: Bool

  public init(_ field: QueryField, descending: Bool = false) {
    self.field = field
    isDescending = descending
  }

  public var description: String { field.rawValue + (isDescending ? " desc" : "") }

  /// Reads `sharpness desc, yaw`.
  ///
  /// Throws `.query`, with a caret in `excerpt`.
  public static func parsing(_ text: String) throws(CatalogError) -> [FaceSort] {
    do {
      return try parseKeys(try QueryLexer.tokens(of: text))
    } catch {
      throw error.error(in: text)
    }
  }

  private static func parseKeys(_ tokens: [QueryToken]) throws(QueryFault) -> [FaceSort] {
    var result: [FaceSort] = []
    var rest = tokens[...]
    while let token = rest.popFirst(), token.kind != .end {
      guard case .word(let name) = token.kind else {
        throw QueryFault(column: token.column, reason: "expected a field to sort by")
      }
      guard let field = QueryField(rawValue: name) else {
        let nearest = QueryField.nearest(to: name).rawValue
        throw QueryFault(
          column: token.column,
          reason: "unknown field '\(name.prefix(40))'; the nearest is \(nearest)")
      }
      var key = FaceSort(field)
      if case .word(let order) = rest.first?.kind {
        guard order == "asc" || order == "desc" else {
          throw QueryFault(column: rest.first?.column ?? 0, reason: "expected asc, desc or a comma")
        }
        key.isDescending = order == "desc"
        rest.removeFirst()
      }
      result.append(key)
      guard let separator = rest.first, separator.kind != .end else { break }
      guard separator.kind == .comma else {
        throw QueryFault(column: separator.column, reason: "expected asc, desc or a comma")
      }
      rest.removeFirst()
    }
    return result
  }
}
