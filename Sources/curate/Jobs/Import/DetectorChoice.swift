import Align
import FaceCore
import OnnxModels

/// What finds faces.
enum DetectorChoice: Hashable, Sendable {
  case builtIn
  case dlib
  /// An installed network, by its name and the beginning of its hash.
  case installed(name: String, hash: String)

  /// The built-in one, dlib's, or the installed one of that name.
  ///
  /// Throws where there is none of that name, or it does not find faces and their five points.
  init(named name: String) throws {
    switch name {
    case "built-in": self = .builtIn
    case "dlib": self = .dlib
    default:
      let record = try ModelStore.standard().record(of: name)
      guard record.task == .detection else {
        throw CommandError("\(name): does not find faces; curate models list shows what does")
      }
      guard record.kind != .scrfd || record.outputs.count == 9 else {
        throw CommandError("\(name): finds boxes without eyes, nose and mouth, which import needs")
      }
      self = .installed(name: name, hash: Self.hash(of: record))
    }
  }

  /// What `key` says; nil for other text.
  init?(key: String) {
    let parts = key.split(separator: "@", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("built-in", 1): self = .builtIn
    case ("dlib", 1): self = .dlib
    case (let name?, 2): self = .installed(name: String(name), hash: String(parts[1]))
    default: return nil
    }
  }

  /// What videos are marked with: another network is another key.
  var key: String {
    switch self {
    case .builtIn: "built-in"
    case .dlib: "dlib"
    case .installed(let name, let hash): "\(name)@\(hash)"
    }
  }

  private static func hash(of record: ModelRecord) -> String { String(record.sha256.prefix(12)) }

  /// Loads what is chosen.
  ///
  /// Throws where a file it needs is missing, or is no longer what was chosen.
  func models() throws -> FaceModels {
    switch self {
    case .builtIn: return .builtIn
    case .installed(let name, let hash):
      guard try Self.hash(of: ModelStore.standard().record(of: name)) == hash else {
        throw CommandError("\(name): another network of that name is installed now, not \(hash)…")
      }
      let detector = try InstalledDetector(name)
      return .detector { detector }
    case .dlib:
      #if DLIB
        return .dlib(try LandmarkPredictor())
      #else
        throw CommandError("dlib: not part of this build; type `make dlib` where curate was built")
      #endif
    }
  }
}

/// An installed network as one of import's; it is shown luma in all three colours.
private final class InstalledDetector: BoxDetector, Sendable {
  private let detector: OnnxDetector

  init(_ name: String) throws {
    detector = try OnnxDetector(
      ModelStore.standard().load(name, runtime: OnnxRuntime(), threads: 1))
  }

  func faces(
    in picture: GrayImage, longestSide: Int, threshold: Float
  ) throws(AlignError) -> [FoundFace] {
    let scale = min(1, Float(longestSide) / Float(max(picture.width, picture.height)))
    let width = max(1, Int((Float(picture.width) * scale).rounded()))
    let height = max(1, Int((Float(picture.height) * scale).rounded()))
    let whole = Box(x: 0, y: 0, width: Float(picture.width), height: Float(picture.height))
    let seen = scale < 1 ? picture.resampled(from: whole, width: width, height: height) : picture
    do throws(OnnxError) {
      return try detector.faces(
        in: Image(seen), longestSide: max(32, longestSide), threshold: threshold
      ).compactMap { face in
        face.points.map {
          FoundFace(box: face.box, probability: face.score, points: $0.all)
            .moved(from: Box(x: 0, y: 0, width: 0, height: 0), scale: 1 / scale)
        }
      }
    } catch {
      throw AlignError(code: .failed, subject: error.subject, reason: error.reason)
    }
  }
}
