package import Foundation

/// The first operation of an ONNX file that works on numbers, read without any library.
///
/// ONNX files are protocol buffers: fields with a number and a length. Of the model only field 7, the graph,
/// of the graph field 1, its nodes, and of a node field 4, its operation, matter here.
package enum GraphStart {
  /// Such as "Conv"; nil where the bytes are no such file.
  package static func operation(of model: Data) -> String? {
    guard let graph = Fields(model).first(where: { $0.number == 7 }) else { return nil }
    for node in Fields(graph.bytes) where node.number == 1 {
      guard let named = Fields(node.bytes).first(where: { $0.number == 4 }) else { continue }
      let operation = String(decoding: named.bytes, as: UTF8.self)
      if !passive.contains(operation) { return operation }
    }
    return nil
  }

  /// Whether the network begins by subtracting or scaling, as networks do that read bytes.
  static func scales(_ model: Data) -> Bool {
    ["Sub", "Mul", "Div"].contains(operation(of: model) ?? "")
  }

  /// Operations that leave numbers as they are.
  private static let passive: Set<String> = [
    "Constant", "Identity", "Cast", "Transpose", "Reshape",
  ]

  private struct Field {
    var number: UInt64
    /// Empty for plain numbers.
    var bytes: Data
  }

  /// The fields of a message, up to its end or the first that makes no sense.
  private struct Fields: Sequence, IteratorProtocol {
    private var rest: Data

    init(_ bytes: Data) { rest = bytes }

    mutating func next() -> Field? {
      guard let key = number() else { return nil }
      switch key & 7 {
      case 0: return number().map { _ in Field(number: key >> 3, bytes: Data()) }
      case 1: return take(8).map { _ in Field(number: key >> 3, bytes: Data()) }
      case 2:
        guard let length = number(), let bytes = take(length) else { return nil }
        return Field(number: key >> 3, bytes: bytes)
      case 5: return take(4).map { _ in Field(number: key >> 3, bytes: Data()) }
      default: return nil
      }
    }

    private mutating func take(_ count: UInt64) -> Data? {
      guard count <= UInt64(rest.count) else { return nil }
      let taken = rest.prefix(Int(count))
      rest = rest.dropFirst(Int(count))
      return taken
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    private mutating func number() -> UInt64? {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        value |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return value }
      }
      return nil
    }
  }
}
