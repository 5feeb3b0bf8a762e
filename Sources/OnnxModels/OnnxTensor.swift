/// An array of 32-bit floats, the last axis closest together.
public struct OnnxTensor: Hashable, Sendable {
  public let shape: [Int]
  public let values: [Float]

  /// Traps unless the values fill the shape.
  public init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "a tensor's values fill its shape")
    self.shape = shape
    self.values = values
  }

  /// Length of the last axis; 1 for a single number.
  public var width: Int { shape.last ?? 1 }

  /// Number of rows, if each is as long as the last axis.
  public var rows: Int { width > 0 ? values.count / width : 0 }
}

/// What goes into a network or comes out of it.
public struct OnnxPort: Hashable, Sendable, Codable {
  public var name: String
  /// Such as "float32".
  public var element: String
  /// -1 for a side that is free.
  public var shape: [Int]

  public init(name: String, element: String = "float32", shape: [Int]) {
    self.name = name
    self.element = element
    self.shape = shape
  }

  /// Such as "input float32 ?×3×640×640".
  public var text: String {
    let sides = shape.map { $0 < 0 ? "?" : String($0) }.joined(separator: "×")
    return "\(name) \(element)" + (sides.isEmpty ? "" : " \(sides)")
  }

  /// The names of ONNX's element types, by their numbers.
  static let elements = [
    "no tensor", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
    "float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
  ]
}
