import Foundation
package import Networks

/// All that a training knows: weights, their running mean, the optimiser, and the step.
final class NetTrainingState {
  let weights: Parameters
  let mean: Parameters
  let optimizer: Optimizer
  /// Steps taken.
  var step: Int { optimizer.step }

  init(_ network: Network, learningRate: Float) {
    weights = Parameters(network.parameters)
    mean = Parameters(network.parameters)
    optimizer = Optimizer(
      weights,
      settings: Optimizer.Settings(learningRate: learningRate, meanDecay: 0.9, clip: 5))
  }

  private var parts: [(name: String, values: Parameters)] {
    [
      ("weights", weights), ("mean", mean), ("first", optimizer.means),
      ("second", optimizer.variances),
    ]
  }

  private func prefixed(_ part: String, _ entry: Parameter) -> Parameter {
    Parameter("\(part)/\(entry.name)", entry.shape)
  }

  /// Writes beside, then renames.
  func write(_ path: String) throws {
    let all = Parameters(
      parts.flatMap { part in part.values.entries.map { prefixed(part.name, $0) } })
    for part in parts {
      for entry in part.values.entries {
        all["\(part.name)/\(entry.name)"] = part.values[entry.name]
      }
    }
    try writeWeights(all, metadata: ["step": "\(step)"], to: path)
  }

  /// Throws unless the file is a checkpoint of this network.
  func read(_ path: String) throws {
    let (all, metadata) = try Safetensors.read(path)
    let known = Set(all.entries)
    guard let step = metadata["step"].flatMap({ Int($0) }) else {
      throw NetworksError(
        code: .mismatch, subject: path, reason: "it does not say at which step it is")
    }
    for part in parts {
      for entry in part.values.entries {
        guard known.contains(prefixed(part.name, entry)) else {
          throw NetworksError(
            code: .mismatch, subject: path,
            reason:
              "it is of another network: no \(part.name)/\(entry.name) of shape \(entry.shape)")
        }
        part.values[entry.name] = all["\(part.name)/\(entry.name)"]
      }
    }
    optimizer.step = step
  }
}

/// A file of weights, whole or as it was before.
package func writeWeights(
  _ parameters: Parameters, metadata: [String: String], to path: String
) throws {
  let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
  do {
    try Safetensors.write(parameters, metadata: metadata, to: temporary)
    try renameOnDisk(temporary, to: path)
  } catch {
    try? FileManager.default.removeItem(atPath: temporary)  // It may not exist.
    throw error
  }
}
