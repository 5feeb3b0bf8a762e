package import Networks

/// What one network is to learn: samples as a function of their number, and how wrong its answers are.
package protocol Lesson: Sendable {
  associatedtype Batch: Sendable

  /// Of the network, such as "detector".
  var name: String { get }
  var network: Network { get }
  /// Brings weights that were drawn by chance to where learning begins.
  func prepare(_ parameters: Parameters)
  /// Takes the weights of a file to begin with; throws where it has not all.
  func begin(_ parameters: Parameters, with path: String) throws
  /// Brings weights that have learnt to where they are used.
  func finish(_ parameters: Parameters) throws
  /// The samples of a step, the same whenever it is asked for.
  func batch(step: Int, size: Int) -> Batch
  /// What the network sees of them.
  func input(of batch: Batch) -> [Float]
  /// The loss of each sample, and the slope of their mean in each output.
  func loss(of outputs: [[Float]], _ batch: Batch) -> (values: [Float], gradients: [[Float]])
}

extension Lesson {
  package func prepare(_ parameters: Parameters) {}
  package func begin(_ parameters: Parameters, with path: String) throws {
    try Safetensors.read(path, into: parameters)
  }
  package func finish(_ parameters: Parameters) throws {}
}
