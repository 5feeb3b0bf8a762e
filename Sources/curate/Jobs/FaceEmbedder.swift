import Align
import FaceCore
import Networks
import OnnxModels

/// Which network says who a face is.
enum EmbeddingModel: Sendable {
  case builtIn
  case installed(ModelRecord)

  /// The built-in one, or the installed one of that name.
  ///
  /// Throws where there is none of that name, or it does not tell people apart.
  init(named name: String?) throws {
    guard let name, name != "built-in" else {
      self = .builtIn
      return
    }
    let record = try ModelStore.standard().record(of: name)
    guard record.task == .embedding else {
      throw CommandError("\(name): does not tell people apart; curate models list shows what does")
    }
    self = .installed(record)
  }

  /// What its numbers are kept under: other weights are another model.
  var key: String {
    switch self {
    case .builtIn: NetEmbedding.version
    case .installed(let record): "\(record.name)-\(record.sha256.prefix(12))"
    }
  }

  /// Mean cosine from which two groups are one person, unless told.
  ///
  /// Of networks of ArcFace's kind pairs are told apart best at 0.2 to 0.25; one wrong merge costs more
  /// than many fragments.
  var threshold: Float {
    switch self {
    case .builtIn: NetEmbedding.threshold
    case .installed: 0.4
    }
  }

  /// What it says of people whom nobody films; nil where that is not known.
  func strangers() throws -> FloatRows? {
    switch self {
    case .builtIn: try NetEmbedding.strangers()
    case .installed: nil
    }
  }
}

/// Says who faces are; one for each thread.
final class FaceEmbedder {
  private enum Network {
    case builtIn(NetEmbedding)
    case installed(InstalledEmbedder)
  }

  /// What cannot be copied, where it can be held.
  private final class InstalledEmbedder {
    let embedder: OnnxEmbedder
    init(_ record: ModelRecord) throws {
      embedder = try OnnxEmbedder(
        ModelStore.standard().load(record.name, runtime: OnnxRuntime(), threads: 1))
    }
  }

  private let network: Network

  init(_ model: EmbeddingModel) throws {
    switch model {
    case .builtIn: network = .builtIn(try NetEmbedding(engine: CPUEngine(threads: 1)))
    case .installed(let record): network = .installed(try InstalledEmbedder(record))
    }
  }

  /// Numbers of length 1; the product of two faces' is the cosine between them.
  func embedding(of picture: Image, landmarks: Landmarks) throws -> [Float] {
    switch network {
    case .builtIn(let net): net.embedding(of: GrayImage(picture), landmarks: landmarks)
    case .installed(let net):
      try net.embedder.embedding(of: picture, points: FivePoints(of: landmarks))
    }
  }
}
