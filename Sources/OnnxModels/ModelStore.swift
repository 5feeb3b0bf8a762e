import FaceCore
public import Foundation

/// The folder that installed networks live in, each a folder of its own with `model.onnx` and
/// `model.json`.
///
/// A network is whole or absent: its folder is written beside and renamed. Its bytes are hashed whenever
/// it is opened.
public struct ModelStore: Hashable, Sendable {
  /// Made when the first network is installed.
  public let folder: String

  /// Bytes beyond which no network is read.
  public let sizeLimit: Int

  /// ONNX files end at 2 GB.
  public init(folder: String, sizeLimit: Int = 1 << 31) {
    (self.folder, self.sizeLimit) = (folder, sizeLimit)
  }

  /// The user's: `curate/models` in $XDG_DATA_HOME, else in ~/.local/share.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ModelStore {
    let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"] ?? NSHomeDirectory()
    return ModelStore(folder: (data ?? "\(home)/.local/share") + "/curate/models")
  }

  /// Letters, digits, dots, dashes and underscores; 1 to 64 of them, the first no dot or dash.
  ///
  /// Throws `OnnxError.badName`.
  public static func check(name: String) throws(OnnxError) {
    let letters = name.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || ".-_".unicodeScalars.contains(scalar))
    }
    guard letters, (1...64).contains(name.count), !name.hasPrefix("."), !name.hasPrefix("-") else {
      throw OnnxError(
        code: .badName, subject: "'\(name)'",
        reason: "a model's name has 1 to 64 letters, digits, dots, dashes and underscores, and "
          + "begins with none but a letter, a digit or an underscore")
    }
  }

  /// The installed networks by name, and what is wrong with those that cannot be read.
  ///
  /// Throws `OnnxError.file` where the folder cannot be read.
  public func list() throws(OnnxError) -> (models: [ModelRecord], problems: [OnnxError]) {
    guard FileManager.default.fileExists(atPath: folder) else { return ([], []) }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw OnnxError(
        code: .file, subject: folder, reason: "cannot be read: \(FileError.cause(of: error))")
    }
    var (models, problems): ([ModelRecord], [OnnxError]) = ([], [])
    for name in names.sorted() where isInstalled(name) {
      do throws(OnnxError) {
        models.append(try record(of: name))
      } catch {
        problems.append(error)
      }
    }
    return (models, problems)
  }

  /// What is known of a network.
  ///
  /// Throws `OnnxError.notInstalled`, naming those that are, or `.altered`.
  public func record(of name: String) throws(OnnxError) -> ModelRecord {
    try Self.check(name: name)
    guard isInstalled(name) else {
      // Only to be helpful: what cannot be listed is not named.
      let others = ((try? list().models) ?? []).map(\.name).joined(separator: ", ")
      throw OnnxError(
        code: .notInstalled, subject: name,
        reason: "no model of this name is installed; "
          + (others.isEmpty ? "none is: curate models install FILE" : "there are: \(others)"))
    }
    return try ModelRecord(path: path(of: name) + "/model.json", name: name)
  }

  /// Opens a network, after hashing its bytes, to be run with so many threads.
  ///
  /// Throws `OnnxError`: `.notInstalled`, `.altered` or `.badModel`.
  public func load(
    _ name: String, runtime: OnnxRuntime, threads: Int = 1
  ) throws(OnnxError) -> LoadedModel {
    let record = try record(of: name)
    let file = path(of: name) + "/model.onnx"
    let model = try read(file)
    let digest = Digest.hex(of: model)
    guard digest == record.sha256 else {
      throw OnnxError(
        code: .altered, subject: name,
        reason: "\(file) was altered after it was installed (SHA-256 \(digest), not "
          + "\(record.sha256)); remove the model and install it again")
    }
    // The very bytes that were hashed are run, not a file that may change in between.
    let session = try Self.session(of: model, named: name, runtime: runtime, threads: threads)
    _ = try Self.kind(of: session, told: record.kind)
    return LoadedModel(record: record, session: session)
  }

  /// Removes a network; one that cannot be read any more, too.
  ///
  /// Throws `OnnxError.notInstalled` or `.file`.
  public func remove(_ name: String) throws(OnnxError) {
    try Self.check(name: name)
    if !isInstalled(name) { _ = try record(of: name) }
    let going = "\(folder)/.\(name).\(ProcessInfo.processInfo.processIdentifier).removed"
    guard unsafe rename(path(of: name), going) == 0 else {
      throw OnnxError(
        code: .file, subject: path(of: name),
        reason: "cannot be removed: \(unsafe String(cString: strerror(errno)))")
    }
    do {
      try FileManager.default.removeItem(atPath: going)
    } catch {
      throw OnnxError(
        code: .file, subject: going, reason: "cannot be removed: \(FileError.cause(of: error))")
    }
  }

  /// Opens a network that is all in one file.
  ///
  /// Throws `OnnxError.badModel`.
  static func session(
    of model: Data, named name: String, runtime: OnnxRuntime, threads: Int
  ) throws(OnnxError) -> OnnxSession {
    let file = OnnxFile(model)
    guard !file.needsOtherFiles else {
      throw OnnxError(
        code: .badModel, subject: name,
        reason: "its weights lie in other files, which no hash would cover; save it as one file")
    }
    let session = try OnnxSession(model, named: name, runtime: runtime, threads: threads)
    guard file.isReadable else {
      throw OnnxError(
        code: .badModel, subject: name,
        reason: "not a plain ONNX file: parts of it cannot be read; save it anew")
    }
    return session
  }

  func path(of name: String) -> String { "\(folder)/\(name)" }

  private func isInstalled(_ name: String) -> Bool {
    !name.hasPrefix(".") && FileManager.default.fileExists(atPath: path(of: name) + "/model.json")
  }

  /// A whole file.
  ///
  /// Throws `OnnxError.file`.
  func read(_ path: String) throws(OnnxError) -> Data {
    do {
      let values = try URL(fileURLWithPath: path).resourceValues(
        forKeys: [.fileSizeKey, .isRegularFileKey])
      guard values.isRegularFile == true, values.fileSize ?? 0 <= sizeLimit else {
        throw FileError(subject: path, reason: "no file, or one of more than \(sizeLimit) bytes")
      }
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let error as FileError {
      throw OnnxError(code: .file, subject: path, reason: error.reason)
    } catch {
      throw OnnxError(
        code: .file, subject: path, reason: "cannot be read: \(FileError.cause(of: error))")
    }
  }
}
