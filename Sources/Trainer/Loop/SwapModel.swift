public import Foundation
public import Networks
import Synchronization

/// A trained model, ready to swap faces.
///
/// May be used from several threads; they take turns, for the engine uses all cores for one.
public final class SwapModel: Sendable {
  /// What `model.json` says.
  struct Description: Codable {
    var format = 1
    let configuration: TrainingConfiguration
    let manifest: String
  }

  static let descriptionName = "model.json"

  public let architecture: Architecture
  /// The manifest it was trained on.
  public let manifest: String
  /// Steps of training it has had.
  public let step: Int
  private let engine: CPUEngine
  /// Computes instead, if it is there.
  private let torch: TorchEngine?
  private let state: Mutex<State>

  /// Side of the face, in pixels.
  public var resolution: Int { architecture.resolution }

  private struct Key: Hashable {
    let side: Architecture.Side
    let batch: Int
  }

  private struct State: ~Copyable {
    let parameters: Parameters
    var executables: [Key: Executable] = [:]
    var torchExecutables: [Architecture.Side: TorchExecutable] = [:]
  }

  /// Loads the latest whole checkpoint of a model's folder.
  ///
  /// - Parameter torch: Computes the answers, if it is there.
  /// - Throws: One line that names the file which is missing or damaged.
  public init(folder: URL, engine: CPUEngine, torch: TorchEngine? = nil) throws {
    let description = try Self.description(in: folder)
    let checkpoints = folder.appending(path: "checkpoints")
    guard let (checkpoint, _) = try Checkpoint.latest(in: checkpoints) else {
      throw TrainerError(
        code: .badFile, subject: folder.lastPathComponent, reason: "has no checkpoint yet")
    }
    architecture = try description.configuration.architecture()
    (manifest, step) = (description.manifest, checkpoint.state.step)
    (self.engine, self.torch) = (engine, torch)
    let parameters = Parameters(architecture.trainingNetwork.parameters)
    try Safetensors.read(
      checkpoint.folder.appending(path: Checkpoint.weightsName).path, into: parameters)
    state = Mutex(State(parameters: parameters))
  }

  /// The model as it is at a step of its training; keeps a copy of the weights.
  init(
    architecture: Architecture, copying parameters: Parameters, manifest: String, step: Int,
    engine: CPUEngine
  ) {
    (self.architecture, self.manifest, self.step) = (architecture, manifest, step)
    (self.engine, torch) = (engine, nil)
    state = Mutex(State(parameters: parameters.copy()))
  }

  static func description(in folder: URL) throws -> Description {
    let subject = "\(folder.lastPathComponent)/\(descriptionName)"
    guard let data = try? Data(contentsOf: folder.appending(path: descriptionName)) else {
      throw TrainerError(code: .badFile, subject: subject, reason: "is missing")
    }
    guard let found = try? JSONDecoder().decode(Description.self, from: data) else {
      throw TrainerError(code: .badFile, subject: subject, reason: "is damaged")
    }
    return found
  }

  /// The source's faces with the expressions of these, the target's.
  ///
  /// `[count, 3, resolution, resolution]`, sRGB from 0 to 1.
  public func swap(_ faces: [Float], count: Int) throws -> [Float] {
    try decode(faces, count: count, as: .source)[0]
  }

  /// The same with where the model says each face is, `[count, 1, resolution, resolution]`; nil where
  /// the model has no masks.
  public func swapWithMasks(
    _ faces: [Float], count: Int
  ) throws -> (faces: [Float], masks: [Float]?) {
    let made = try decode(faces, count: count, as: .source)
    return (made[0], architecture.hasMask ? made[1] : nil)
  }

  /// The faces of a side as the model remembers them.
  ///
  /// `[count, 3, resolution, resolution]`.
  public func reconstruct(
    _ faces: [Float], count: Int, side: Architecture.Side
  ) throws -> [Float] {
    try decode(faces, count: count, as: side)[0]
  }

  /// Faces and, where there are any, masks.
  private func decode(
    _ faces: [Float], count: Int, as side: Architecture.Side
  ) throws -> [[Float]] {
    let size = 3 * resolution * resolution
    guard faces.count == count * size else {
      throw TrainerError(
        code: .badShape, subject: "faces",
        reason: "\(faces.count) numbers do not make \(count) faces of \(resolution) px")
    }
    var result = [[Float]](repeating: [], count: architecture.hasMask ? 2 : 1)
    result[0].reserveCapacity(faces.count)
    var done = 0
    while done < count {
      // Two sizes only, so that two plans serve any count.
      let batch = count - done >= 8 ? 8 : 1
      let input = Array(faces[done * size..<(done + batch) * size])
      let made = try state.withLock { state in
        try torch.map { try torchExecutable(side, $0, &state).forward(input, batch: batch) }
          ?? executable(Key(side: side, batch: batch), &state).forward(input)
      }
      for place in result.indices { result[place] += made[place] }
      done += batch
    }
    return result
  }

  private func executable(_ key: Key, _ state: inout State) throws -> Executable {
    if let known = state.executables[key] { return known }
    let made = try engine.compile(
      architecture.network(decodingAs: key.side), batch: key.batch, for: .inference,
      parameters: state.parameters)
    state.executables[key] = made
    return made
  }

  private func torchExecutable(
    _ side: Architecture.Side, _ engine: TorchEngine, _ state: inout State
  ) throws -> TorchExecutable {
    if let known = state.torchExecutables[side] { return known }
    let made = try engine.compile(
      architecture.network(decodingAs: side), parameters: state.parameters)
    state.torchExecutables[side] = made
    return made
  }
}
