internal import CTorch

/// A network with its weights where PyTorch computes.
///
/// For one thread at a time.
public final class TorchExecutable {
  /// What one side's faces are compared with.
  ///
  /// Planes `[count, 3, height, width]`, the mask `[count, 1, height, width]`.
  public struct Faces {
    public let input: [Float]
    public let target: [Float]
    public let mask: [Float]

    public init(input: [Float], target: [Float], mask: [Float]) {
      (self.input, self.target, self.mask) = (input, target, mask)
    }
  }

  /// How answers are compared with what they should be.
  public struct Losses {
    public enum Kind: Hashable, Sendable {
      case absolute, dissimilarity, color
    }

    public let terms: [(kind: Kind, weight: Float)]
    /// Sides of the one or two windows that structure is compared in, in pixels.
    public let windows: [Int]
    /// What a pixel outside of the face counts.
    public let outsideWeight: Float
    /// What the loss of a learned mask counts.
    public let maskWeight: Float

    public init(
      terms: [(kind: Kind, weight: Float)], windows: [Int], outsideWeight: Float,
      maskWeight: Float
    ) {
      precondition((1...2).contains(windows.count), "one window or two")
      (self.terms, self.windows) = (terms, windows)
      (self.outsideWeight, self.maskWeight) = (outsideWeight, maskWeight)
    }
  }

  public let network: Network
  let engine: TorchEngine
  let model: OpaquePointer

  init(
    _ network: Network, engine: TorchEngine, parameters: Parameters
  ) throws(NetworksError) {
    (self.network, self.engine) = (network, engine)
    var made: OpaquePointer?
    let status = engine.device.withCString { device in
      var settings = torch_settings(
        device: device, threads: Int32(engine.settings.threads ?? 0),
        half: engine.settings.halfPrecision)
      return network.withTorchGraph { engine.functions.make(&settings, $0, &made) }
    }
    guard status == 0, let made else {
      let error = engine.error(status, "device \(engine.device)")
      let isFull = error.code == .outOfMemory
      throw isFull
        ? NetworksError(
          code: .outOfMemory, subject: error.subject,
          reason: "has no room for the model; take a smaller one") : error
    }
    model = made
    try set(torch_weights, from: parameters)
  }

  deinit { engine.functions.release(model) }

  func check(_ status: Int32) throws(NetworksError) {
    guard status == 0 else { throw engine.error(status, "device \(engine.device)") }
  }

  // MARK: Arrays

  private func set(_ array: torch_array, from parameters: Parameters) throws(NetworksError) {
    for (place, entry) in network.parameters.enumerated() {
      try check(engine.functions.set(model, array, Int32(place), parameters.pointer(entry.name)))
    }
  }

  private func get(_ array: torch_array, into parameters: Parameters) throws(NetworksError) {
    for (place, entry) in network.parameters.enumerated() {
      try check(engine.functions.get(model, array, Int32(place), parameters.pointer(entry.name)))
    }
  }

  /// Takes over weights and what the optimiser remembers, and forgets gradients.
  public func load(_ parameters: Parameters, _ optimizer: Optimizer) throws(NetworksError) {
    try set(torch_weights, from: parameters)
    try set(torch_means, from: optimizer.means)
    try set(torch_variances, from: optimizer.variances)
    engine.functions.clear(model)
  }

  /// Brings the weights to main memory.
  public func fetch(_ parameters: Parameters) throws(NetworksError) {
    try get(torch_weights, into: parameters)
  }

  /// Brings weights and what the optimiser remembers to main memory.
  public func fetch(_ parameters: Parameters, _ optimizer: Optimizer) throws(NetworksError) {
    try fetch(parameters)
    try get(torch_means, into: optimizer.means)
    try get(torch_variances, into: optimizer.variances)
  }

  /// The gradients that `backward` or `learn` left.
  public func gradients() throws(NetworksError) -> Parameters {
    let gradients = Parameters(network.parameters)
    try get(torch_gradients, into: gradients)
    return gradients
  }

  // MARK: Work

  /// Takes `[parts · batch, channels, height, width]` and returns the outputs in the network's order.
  ///
  /// - Parameter trains: Whether `backward` will follow.
  public func forward(
    _ input: [Float], batch: Int, trains: Bool = false
  ) throws(NetworksError) -> [[Float]] {
    let tensor = network.input
    precondition(input.count == batch * tensor.parts * tensor.shape.count, "the input's shape")
    let counts = network.outputs.map { batch * $0.tensor.parts * $0.tensor.shape.count }
    let memory = counts.map { UnsafeMutablePointer<Float>.allocate(capacity: $0) }
    defer { for buffer in memory { buffer.deallocate() } }
    let pointers = memory.map { Optional($0) }
    try check(engine.functions.forward(model, Int32(batch), trains, input, pointers))
    return zip(memory, counts).map { Array(UnsafeBufferPointer(start: $0, count: $1)) }
  }

  /// Takes the gradient of each output of the last `forward`.
  public func backward(_ outputGradients: [[Float]]) throws(NetworksError) {
    precondition(outputGradients.count == network.outputs.count, "one gradient for each output")
    let memory = outputGradients.map { gradient in
      let buffer = UnsafeMutablePointer<Float>.allocate(capacity: gradient.count)
      buffer.initialize(from: gradient, count: gradient.count)
      return buffer
    }
    defer { for buffer in memory { buffer.deallocate() } }
    let pointers = memory.map { UnsafePointer<Float>?($0) }
    try check(engine.functions.backward(model, pointers))
  }

  /// Losses of each face of a batch through a network of two parts; adds `share` of the gradients of
  /// their means to those of the step, unless it is 0.
  ///
  /// Throws `outOfMemory` when the device has no room for the batch.
  public func learn(
    _ source: Faces, _ target: Faces, batch: Int, losses: Losses, share: Float
  ) throws(NetworksError) -> (source: [Float], target: [Float]) {
    let shape = network.input.shape
    precondition(network.input.parts == 2, "two sides")
    for faces in [source, target] {
      precondition(
        faces.input.count == batch * shape.count && faces.target.count == faces.input.count
          && faces.mask.count == batch * shape.height * shape.width, "the batch's shape")
    }
    let terms = losses.terms.map { term in
      torch_loss_term(
        kind: term.kind.torchKind, weight: term.weight)
    }
    var made = (
      source: [Float](repeating: 0, count: batch), target: [Float](repeating: 0, count: batch)
    )
    let status = terms.withUnsafeBufferPointer { terms in
      var wanted = torch_losses(
        terms: terms.baseAddress, term_count: Int32(terms.count),
        windows: (Int32(losses.windows[0]), Int32(losses.windows.dropFirst().first ?? 0)),
        outside: losses.outsideWeight, mask: losses.maskWeight)
      return source.withPointers { source in
        target.withPointers { target in
          engine.functions.learn(
            model, Int32(batch), source, target, &wanted, share, &made.source, &made.target)
        }
      }
    }
    try check(status)
    return made
  }

  /// Moves the weights by the step's gradients, those of all processes of the group; counts the
  /// optimiser's step.
  public func update(
    _ optimizer: Optimizer, factor: Float, group: TorchGroup? = nil
  ) throws(NetworksError) {
    let settings = optimizer.settings
    var wanted = torch_update(
      believes: settings.rule == .adabelief, rate: settings.learningRate * factor,
      mean_decay: settings.meanDecay, variance_decay: settings.varianceDecay,
      epsilon: settings.epsilon, clip: settings.clip, kept: settings.keptShare,
      step: Int64(optimizer.step + 1))
    let status = engine.functions.update(model, &wanted, group?.handle)
    try check(status)
    optimizer.step += 1
  }
}

extension TorchExecutable.Losses.Kind {
  fileprivate var torchKind: torch_loss_kind {
    switch self {
    case .absolute: torch_absolute
    case .dissimilarity: torch_dissimilarity
    case .color: torch_color
    }
  }
}

extension TorchExecutable.Faces {
  fileprivate func withPointers<Result>(
    _ body: (UnsafePointer<torch_faces>) -> Result
  ) -> Result {
    input.withUnsafeBufferPointer { input in
      target.withUnsafeBufferPointer { target in
        mask.withUnsafeBufferPointer { mask in
          var faces = torch_faces(
            input: input.baseAddress, target: target.baseAddress, mask: mask.baseAddress)
          return body(&faces)
        }
      }
    }
  }
}
