package import Foundation

/// What is known of an ONNX file without any library.
///
/// ONNX files are protocol buffers: fields with a number and a length, messages in messages.
package struct OnnxFile {
  /// The first operation that works on numbers, such as "Conv".
  package private(set) var firstOperation: String?
  /// Whether weights lie in other files, of which this one's hash says nothing.
  package private(set) var needsOtherFiles = false
  /// Whether it was understood to its end.
  package private(set) var isReadable = true

  package init(_ model: Data) { read(model, as: .model, depth: 0) }

  /// Whether the network begins by subtracting or scaling, as networks do that read bytes.
  var scalesItself: Bool { ["Sub", "Mul", "Div"].contains(firstOperation ?? "") }

  /// Operations that leave numbers as they are.
  private static let passive: Set<String> = [
    "Constant", "Identity", "Cast", "Transpose", "Reshape",
  ]

  private enum Message {
    case model, training, graph, function, node, attribute, tensor, sparseTensor

    /// The messages in the fields of this one that can lead to tensors, as onnx.proto numbers them.
    var parts: [UInt64: Message] {
      switch self {
      case .model: [7: .graph, 20: .training, 25: .function]
      case .training: [1: .graph, 2: .graph]
      case .graph: [1: .node, 5: .tensor, 15: .sparseTensor]
      case .function: [7: .node, 11: .attribute]
      case .node: [5: .attribute]
      case .attribute:
        [
          5: .tensor, 6: .graph, 10: .tensor, 11: .graph, 22: .sparseTensor, 23: .sparseTensor,
        ]
      case .sparseTensor: [1: .tensor, 2: .tensor]
      case .tensor: [:]
      }
    }
  }

  private mutating func read(_ bytes: Data, as message: Message, depth: Int) {
    guard depth < 64 else { return isReadable = false }
    let parts = message.parts
    var fields = Fields(bytes)
    while let field = fields.next() {
      switch (message, field.number) {
      case (.tensor, 13): needsOtherFiles = true
      case (.tensor, 14): needsOtherFiles = needsOtherFiles || field.value == 1
      case (.node, 4):
        let operation = String(decoding: field.bytes, as: UTF8.self)
        if firstOperation == nil, !Self.passive.contains(operation) { firstOperation = operation }
      default:
        if let part = parts[field.number] { read(field.bytes, as: part, depth: depth + 1) }
      }
    }
    if !fields.isAtEnd { isReadable = false }
  }

  private struct Field {
    var number: UInt64
    var value: UInt64 = 0
    /// Empty for plain numbers.
    var bytes = Data()
  }

  /// The fields of a message, up to its end or the first that makes no sense.
  private struct Fields {
    private var rest: Data
    private var isBroken = false

    init(_ bytes: Data) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty && !isBroken }

    mutating func next() -> Field? {
      guard !rest.isEmpty else { return nil }
      let field = readField()
      isBroken = field == nil
      return field
    }

    private mutating func readField() -> Field? {
      guard let key = number() else { return nil }
      let id = key >> 3
      switch key & 7 {
      case 0: return number().map { Field(number: id, value: $0) }
      case 1: return take(8).map { _ in Field(number: id) }
      case 2: return number().flatMap { take($0) }.map { Field(number: id, bytes: $0) }
      case 5: return take(4).map { _ in Field(number: id) }
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
