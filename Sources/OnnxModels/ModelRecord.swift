public import Foundation

/// What is known of an installed network: `model.json` beside its bytes.
public struct ModelRecord: Hashable, Sendable, Codable {
  /// Of the record's own form.
  static let format = "curate-model/1"

  var format = ModelRecord.format
  public var name: String
  public var kind: ModelKind
  public var pixels: PixelRange
  /// Of the network's bytes, 64 lower-case hexadecimal digits.
  public var sha256: String
  /// Size of the network, in bytes.
  public var bytes: Int
  /// The file or the address it came from.
  public var source: String
  /// The text of its licence, if one was given.
  public var licence: String?
  public var installed: Date
  public var inputs: [OnnxPort]
  public var outputs: [OnnxPort]

  public var task: ModelKind.Task { kind.task }

  /// Throws `OnnxError.unknownKind` where the network is for something else.
  func require(_ task: ModelKind.Task) throws(OnnxError) {
    guard self.task == task else {
      throw OnnxError(
        code: .unknownKind, subject: name,
        reason: "a network of kind \(kind.rawValue) is for \(self.task.rawValue), not "
          + "for \(task.rawValue)")
    }
  }

  /// Reads a record.
  ///
  /// Throws `OnnxError.altered` where it is none.
  init(path: String, name: String) throws(OnnxError) {
    do {
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      self = try decoder.decode(
        ModelRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw OnnxError(
        code: .altered, subject: name,
        reason: "its record is damaged (\(path)); remove the model and install it again")
    }
    guard format == Self.format, self.name == name else {
      throw OnnxError(
        code: .altered, subject: name,
        reason: "its record is that of '\(self.name)' in form \(format), not '\(name)' in form "
          + "\(Self.format); remove the model and install it again")
    }
  }

  init(
    name: String, kind: ModelKind, pixels: PixelRange, model: Data, sha256: String, source: String,
    licence: String?, installed: Date, session: borrowing OnnxSession
  ) {
    (self.name, self.kind, self.pixels) = (name, kind, pixels)
    (self.sha256, self.source, self.licence) = (sha256, source, licence)
    (bytes, self.installed) = (model.count, installed)
    (inputs, outputs) = (session.inputs, session.outputs)
  }

  /// The record's file.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

/// An installed network that is open; give it to an `OnnxDetector`, `OnnxEmbedder` or `OnnxLandmarker`.
public struct LoadedModel: ~Copyable, Sendable {
  public let record: ModelRecord
  public let session: OnnxSession
}
