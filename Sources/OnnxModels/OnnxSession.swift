import COnnxRuntime
public import Foundation

/// A network that is ready to run; any number of threads may run one at once.
@safe public struct OnnxSession: ~Copyable, @unchecked Sendable {
  /// What errors call it.
  public let name: String
  public let inputs: [OnnxPort]
  public let outputs: [OnnxPort]
  // Running does not change a session, as its authors promise.
  private let handle: OpaquePointer

  /// Reads a network from the bytes of an ONNX file, to be run with so many threads.
  ///
  /// Throws `OnnxError.badModel`.
  public init(
    _ model: Data, named name: String, runtime: OnnxRuntime, threads: Int = 1
  ) throws(OnnxError) {
    precondition(threads > 0, "a network runs on a thread at least")
    var message = RuntimeMessage()
    let opened = unsafe model.withUnsafeBytes { bytes in
      unsafe cort_session_open(
        runtime.library, bytes.baseAddress, bytes.count, Int32(threads), &message.bytes)
    }
    guard let session = unsafe opened else {
      throw OnnxError(
        code: .badModel, subject: name,
        reason: "not a network that ONNX Runtime \(runtime.version) reads: \(message.text)")
    }
    self.name = name
    inputs = unsafe (0..<cort_input_count(session)).map { unsafe OnnxPort(cort_input(session, $0)) }
    outputs = unsafe (0..<cort_output_count(session)).map {
      unsafe OnnxPort(cort_output(session, $0))
    }
    unsafe handle = session
  }

  deinit { unsafe cort_session_close(handle) }

  /// The network's outputs, in its order, for one input.
  ///
  /// Throws `OnnxError.badOutput` when the network fails, or gives other numbers than 32-bit floats.
  public func run(_ input: OnnxTensor) throws(OnnxError) -> [OnnxTensor] {
    guard inputs.count == 1 else {
      throw OnnxError(
        code: .badOutput, subject: name, reason: "it has \(inputs.count) inputs, not one")
    }
    var message = RuntimeMessage()
    let shape = input.shape.map(Int64.init)
    let result = unsafe shape.withUnsafeBufferPointer { sides in
      unsafe input.values.withUnsafeBufferPointer { values in
        var tensor = unsafe cort_tensor(
          values: values.baseAddress, rank: sides.count, shape: sides.baseAddress)
        return unsafe cort_run(handle, &tensor, 1, &message.bytes)
      }
    }
    guard let finished = unsafe result else {
      throw OnnxError(code: .badOutput, subject: name, reason: "it failed: \(message.text)")
    }
    defer { unsafe cort_result_free(finished) }
    return outputs.indices.map { unsafe OnnxTensor(cort_result_at(finished, $0)) }
  }
}

extension OnnxPort {
  fileprivate init(_ port: cort_port) {
    let element = unsafe Int(port.element)
    self.init(
      name: unsafe String(cString: port.name),
      element: Self.elements.indices.contains(element)
        ? Self.elements[element] : "type \(element)",
      shape: unsafe UnsafeBufferPointer(start: port.shape, count: port.rank).map(Int.init))
  }
}

extension OnnxTensor {
  fileprivate init(_ tensor: cort_tensor) {
    let shape = unsafe UnsafeBufferPointer(start: tensor.shape, count: tensor.rank).map(Int.init)
    self.init(
      shape: shape,
      values: unsafe [Float](
        UnsafeBufferPointer(start: tensor.values, count: shape.reduce(1, *))))
  }
}
