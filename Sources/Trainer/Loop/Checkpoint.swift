import FaceCore
import Foundation
import Networks

/// The state of a run in a folder.
///
/// Files: `weights.safetensors`, `optimizer.safetensors` and `state.json`, and the first two again with
/// `discriminator-` in front where the run has a discriminator. Written beside, brought to the disk and
/// renamed: whole or absent.
struct Checkpoint {
  /// What `state.json` says.
  struct State: Codable {
    var format = 1
    /// Steps done.
    ///
    /// The next batch is that of this step, counted from 0: batches depend on the seed and the step
    /// alone, so this is the position of the sampler too.
    let step: Int
    let configuration: TrainingConfiguration
    let manifest: String
    /// What going back has left of the learning rate; nothing said means all of it.
    var rateShare: Float?
    /// Steps of the discriminator; nil without one.
    var discriminatorStep: Int?
    /// Sums over the other files, in hexadecimal.
    let checksums: [String: String]
  }

  static let weightsName = "weights.safetensors"
  static let optimizerName = "optimizer.safetensors"
  static let discriminatorPrefix = "discriminator-"
  private static let stateName = "state.json"

  let folder: URL
  let state: State

  /// `000500` for step 500.
  static func name(step: Int) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The steps that have a folder, whole or not, the latest first.
  ///
  /// None where there is no such folder; throws where it cannot be read, for it may hold some.
  static func steps(in folder: URL) throws -> [Int] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    let names = try FileError.naming(folder.path, "cannot be read") {
      try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }
    return names.compactMap { name in
      Int(name).flatMap { $0 >= 0 && Self.name(step: $0) == name ? $0 : nil }
    }.sorted(by: >)
  }

  /// Checks that all files are there and as they were written.
  ///
  /// Throws `badFile` that names the folder and the file.
  init(opening folder: URL) throws {
    self.folder = folder
    let name = folder.lastPathComponent
    do {
      let data = try Data(contentsOf: folder.appending(path: Self.stateName))
      state = try JSONDecoder().decode(State.self, from: data)
    } catch {
      throw TrainerError(
        code: .badFile, subject: "checkpoint \(name)/\(Self.stateName)",
        reason: FileManager.default.fileExists(atPath: folder.appending(path: Self.stateName).path)
          ? "is damaged" : "is missing")
    }
    guard state.format == 1 else {
      throw TrainerError(
        code: .badFile, subject: "checkpoint \(name)",
        reason: "format \(state.format) is newer than this program")
    }
    for file in Self.files(withDiscriminator: state.discriminatorStep != nil) {
      let sum: UInt64
      do {
        sum = try fileChecksum(folder.appending(path: file).path)
      } catch {
        throw TrainerError(
          code: .badFile, subject: "checkpoint \(name)/\(file)", reason: error.reason)
      }
      guard state.checksums[file] == String(sum, radix: 16) else {
        throw TrainerError(
          code: .badFile, subject: "checkpoint \(name)/\(file)", reason: "is damaged")
      }
    }
  }

  /// The latest whole checkpoint, with a line for each later one that is not.
  ///
  /// Nil without any.
  ///
  /// Throws the newest one's error when there are checkpoints and none is whole.
  static func latest(in folder: URL) throws -> (checkpoint: Checkpoint, skipped: [String])? {
    var failures: [TrainerError] = []
    for step in try steps(in: folder) {
      do {
        let found = try Checkpoint(opening: folder.appending(path: name(step: step)))
        return (found, failures.map { "\($0); going on from \(name(step: found.state.step))" })
      } catch let error as TrainerError {
        failures.append(error)
      }
    }
    if let newest = failures.first { throw newest }
    return nil
  }

  /// All but the state.
  private static func files(withDiscriminator: Bool) -> [String] {
    let names = [weightsName, optimizerName]
    return names + (withDiscriminator ? names.map { discriminatorPrefix + $0 } : [])
  }

  /// Fills the weights and the optimiser, and the discriminator's.
  ///
  /// A discriminator that began after this checkpoint begins anew, with `configuration`'s seed.
  func restore(
    weights: Parameters, optimizer: Optimizer, discriminator: Discriminator? = nil, seed: UInt64
  ) throws {
    try read(weights, optimizer, prefix: "", step: state.step)
    guard let discriminator else { return }
    guard let step = state.discriminatorStep else {
      discriminator.begin(seed: seed)
      return
    }
    try read(
      discriminator.parameters, discriminator.optimizer, prefix: Self.discriminatorPrefix,
      step: step)
  }

  private func read(
    _ weights: Parameters, _ optimizer: Optimizer, prefix: String, step: Int
  ) throws {
    try Safetensors.read(folder.appending(path: prefix + Self.weightsName).path, into: weights)
    let moments = Parameters(Self.momentEntries(optimizer))
    try Safetensors.read(folder.appending(path: prefix + Self.optimizerName).path, into: moments)
    for entry in optimizer.means.entries {
      optimizer.means[entry.name] = moments["mean.\(entry.name)"]
      optimizer.variances[entry.name] = moments["variance.\(entry.name)"]
    }
    optimizer.step = step
  }

  /// `optimizer` may be that of a discriminator.
  private static func write(
    _ weights: Parameters, _ optimizer: Optimizer, metadata: [String: String], prefix: String,
    in folder: URL
  ) throws {
    try Safetensors.write(
      weights, metadata: metadata, to: folder.appending(path: prefix + weightsName).path)
    let moments = Parameters(momentEntries(optimizer))
    for entry in optimizer.means.entries {
      moments["mean.\(entry.name)"] = optimizer.means[entry.name]
      moments["variance.\(entry.name)"] = optimizer.variances[entry.name]
    }
    try Safetensors.write(
      moments, metadata: metadata, to: folder.appending(path: prefix + optimizerName).path)
  }

  private static func momentEntries(_ optimizer: Optimizer) -> [Parameter] {
    optimizer.means.entries.map { Parameter("mean.\($0.name)", $0.shape) }
      + optimizer.variances.entries.map { Parameter("variance.\($0.name)", $0.shape) }
  }

  /// Writes the folder for `step` among the others.
  static func write(
    step: Int, configuration: TrainingConfiguration, manifest: String, rateShare: Float = 1,
    weights: Parameters, optimizer: Optimizer, discriminator: Discriminator? = nil, in folder: URL
  ) throws {
    let beside = folder.appending(path: ".partial-\(name(step: step))")
    let final = folder.appending(path: name(step: step))
    try removePartial(in: folder)
    try FileManager.default.makeFolder(beside.path)
    // On a full disk what is unfinished is in the way of all else.
    var isWhole = false
    defer { if !isWhole { try? remove(beside) } }
    let metadata = ["manifest": manifest, "step": String(step)]
    try write(weights, optimizer, metadata: metadata, prefix: "", in: beside)
    if let discriminator {
      try write(
        discriminator.parameters, discriminator.optimizer, metadata: metadata,
        prefix: discriminatorPrefix, in: beside)
    }
    var checksums: [String: String] = [:]
    for file in files(withDiscriminator: discriminator != nil) {
      let sum = try fileChecksum(beside.appending(path: file).path)
      checksums[file] = String(sum, radix: 16)
    }
    let state = State(
      step: step, configuration: configuration, manifest: manifest, rateShare: rateShare,
      discriminatorStep: discriminator?.optimizer.step, checksums: checksums)
    let stateFile = beside.appending(path: stateName)
    try FileError.naming(stateFile.path) { try canonicalJSON(state).write(to: stateFile) }
    try synchronizeToDisk(stateFile.path)
    try synchronizeToDisk(beside.path)
    // One with this number can only be a damaged one that a resumption passed over.
    if FileManager.default.fileExists(atPath: final.path) { try remove(final) }
    try renameOnDisk(beside.path, to: final.path)
    isWhole = true
  }

  /// Deletes what an interrupted `write` left.
  static func removePartial(in folder: URL) throws {
    // A run without the folder has nothing to delete.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasPrefix(".partial-") {
      try remove(folder.appending(path: name))
    }
  }

  /// Deletes all but the latest `count` up to the one of this step, which was just written, and damaged ones
  /// after it, which a resumption passed over.
  static func prune(in folder: URL, keeping count: Int, upTo last: Int) throws {
    let steps = try steps(in: folder)
    for step in steps.filter({ $0 > last }) + steps.filter({ $0 <= last }).dropFirst(count) {
      try remove(folder.appending(path: name(step: step)))
    }
  }

  private static func remove(_ folder: URL) throws {
    try FileError.naming(folder.path, "cannot be removed") {
      try FileManager.default.removeItem(at: folder)
    }
  }
}
