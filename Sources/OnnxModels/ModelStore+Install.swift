public import FaceCore
public import Foundation

/// What a network is installed from, and as what.
public struct ModelInstallation: Sendable {
  /// A file's path, or an http or https address.
  public var source: String
  /// What it is to be called; the file's name without its ending unless told.
  public var name: String?
  /// Of its bytes; needed for an address.
  public var sha256: String?
  /// What the network is; found from its inputs and outputs unless told.
  public var kind: ModelKind?
  /// What it reads; what its kind is known for unless told.
  public var pixels: PixelRange?
  public var licence: String?

  public init(
    source: String, name: String? = nil, sha256: String? = nil, kind: ModelKind? = nil,
    pixels: PixelRange? = nil, licence: String? = nil
  ) {
    (self.source, self.name, self.sha256) = (source, name, sha256)
    (self.kind, self.pixels, self.licence) = (kind, pixels, licence)
  }

  /// The address, if the source is one.
  public var address: URL? {
    guard let url = URL(string: source), let scheme = url.scheme?.lowercased(),
      source.contains("://"), !scheme.isEmpty
    else { return nil }
    return url
  }

  /// The name it will have.
  public var resolvedName: String {
    if let name { return name }
    let last = address?.lastPathComponent ?? URL(fileURLWithPath: source).lastPathComponent
    return last.lowercased().hasSuffix(".onnx") ? String(last.dropLast(5)) : last
  }

  /// Whether the text is the hash of something.
  public static func isHash(_ text: String) -> Bool {
    text.utf8.count == 64 && text.allSatisfy(\.isHexDigit)
  }
}

extension ModelStore {
  /// Installs a network: fetches it, compares its hash, opens it, finds its kind, runs it once on a grey
  /// picture, and keeps it under its name.
  ///
  /// Throws `OnnxError`; then nothing was kept.
  public func install(
    _ installation: ModelInstallation, runtime: OnnxRuntime, date: Date = Date(),
    progress: @escaping @Sendable (FaceCore.Progress) -> Void = { _ in }
  ) throws(OnnxError) -> ModelRecord {
    let name = installation.resolvedName
    try Self.check(name: name)
    guard !FileManager.default.fileExists(atPath: path(of: name)) else { throw taken(name) }
    let model = try bytes(of: installation, progress: progress)
    let digest = Digest.hex(of: model)
    if let wanted = installation.sha256?.lowercased(), wanted != digest {
      throw OnnxError(
        code: .altered, subject: installation.source,
        reason: "its SHA-256 is \(digest), not \(wanted); it is not the file that was meant")
    }
    let session = try Self.session(of: model, named: name, runtime: runtime, threads: 1)
    let kind = try Self.kind(of: session, told: installation.kind)
    let width = session.outputs.first?.shape.last
    let record = ModelRecord(
      name: name, kind: kind,
      pixels: installation.pixels
        ?? PixelRange(for: kind, scalesItself: OnnxFile(model).scalesItself, width: width),
      model: model, sha256: digest, source: Self.recorded(installation),
      licence: installation.licence, installed: date, session: session)
    try Self.tryOut(LoadedModel(record: record, session: session))
    try keep(model, record)
    return record
  }

  private func bytes(
    of installation: ModelInstallation, progress: @escaping @Sendable (FaceCore.Progress) -> Void
  ) throws(OnnxError) -> Data {
    guard let address = installation.address else { return try read(installation.source) }
    guard installation.sha256 != nil else {
      throw OnnxError(
        code: .download, subject: installation.source,
        reason: "an address needs --sha256, the hash its publisher names")
    }
    return try Download.bytes(of: address, limit: sizeLimit, progress: progress)
  }

  /// The kind the network was said to be, or seems to be.
  static func kind(
    of session: borrowing OnnxSession, told: ModelKind?
  ) throws(OnnxError) -> ModelKind {
    let shapes = (session.inputs + session.outputs).map(\.text).joined(separator: ", ")
    guard let kind = told ?? ModelKind(inputs: session.inputs, outputs: session.outputs) else {
      throw OnnxError(
        code: .unknownKind, subject: session.name,
        reason: "its inputs and outputs (\(shapes)) are of no kind that is known; "
          + ModelKind.advice)
    }
    let input = session.inputs.first
    guard let input, session.inputs.count == 1, input.shape.count == 4, input.element == "float32",
      [3, -1].contains(input.shape[1])
    else {
      throw OnnxError(
        code: .unknownKind, subject: session.name,
        reason: "it does not read one picture of 32-bit floats, red, green and blue one after the "
          + "other, as a network of kind \(kind.rawValue) does: \(shapes)")
    }
    return kind
  }

  /// Runs the network once, so that one that cannot be used is not kept.
  private static func tryOut(_ model: consuming LoadedModel) throws(OnnxError) {
    let grey = Image(width: 160, height: 160, red: 128, green: 128, blue: 128)
    let task = model.record.task
    do throws(OnnxError) {
      switch task {
      case .detection: _ = try OnnxDetector(model).faces(in: grey, longestSide: 160)
      case .embedding: _ = try OnnxEmbedder(model).embedding(of: grey, points: ArcFace.template)
      case .landmarks:
        let box = Box(x: 40, y: 40, width: 80, height: 80)
        _ = try OnnxLandmarker(model).landmarks(in: grey, box: box)
      }
    } catch {
      throw OnnxError(
        code: error.code, subject: error.subject, reason: "\(error.reason); it is not installed")
    }
  }

  /// An address without name and password; a file with its folder.
  private static func recorded(_ installation: ModelInstallation) -> String {
    guard let address = installation.address,
      var parts = URLComponents(url: address, resolvingAgainstBaseURL: false)
    else { return URL(fileURLWithPath: installation.source).standardizedFileURL.path }
    (parts.user, parts.password) = (nil, nil)
    return parts.string ?? address.absoluteString
  }

  private func taken(_ name: String) -> OnnxError {
    OnnxError(
      code: .nameTaken, subject: name,
      reason: "a model of this name is installed; remove it first or choose another with --name")
  }

  /// Writes the network's folder beside, syncs it, and renames it.
  private func keep(_ model: Data, _ record: ModelRecord) throws(OnnxError) {
    let files = FileManager.default
    let process = ProcessInfo.processInfo.processIdentifier
    let pending = "\(folder)/.\(record.name).\(process).tmp"
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
      sweep(before: record.installed.addingTimeInterval(-86_400))
      try? files.removeItem(atPath: pending)  // A killed process of this number may have left it.
      try files.createDirectory(atPath: pending, withIntermediateDirectories: false)
      try AtomicFile.write(model, to: pending + "/model.onnx")
      try AtomicFile.write(try record.json(), to: pending + "/model.json")
    } catch {
      try? files.removeItem(atPath: pending)  // It may not exist.
      let known = error as? FileError
      throw OnnxError(
        code: .file, subject: known?.subject ?? folder,
        reason: known?.reason ?? "cannot be written: \(FileError.cause(of: error))")
    }
    // A folder that is not empty is never replaced.
    guard unsafe rename(pending, path(of: record.name)) == 0 else {
      let reason = errno
      try? files.removeItem(atPath: pending)  // What is left of it does no harm.
      if reason == ENOTEMPTY || reason == EEXIST { throw taken(record.name) }
      throw OnnxError(
        code: .file, subject: path(of: record.name),
        reason: "cannot be written: \(unsafe String(cString: strerror(reason)))")
    }
    let handle = unsafe open(folder, O_RDONLY)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }

  /// Removes what killed installations and removals left before a date.
  private func sweep(before date: Date) {
    let files = FileManager.default
    // What cannot be listed or removed stays; it is in nobody's way.
    for name in (try? files.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(".") && (name.hasSuffix(".tmp") || name.hasSuffix(".removed")) {
      let attributes = try? files.attributesOfItem(atPath: path(of: name))
      guard let changed = attributes?[.modificationDate] as? Date, changed < date else { continue }
      try? files.removeItem(atPath: path(of: name))
    }
  }
}
