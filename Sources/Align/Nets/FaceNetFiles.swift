import CFaceNets
import FaceCore
import Foundation
import Networks

/// Weights that are used instead of those in the program: files of the folder that the variable
/// `CURATE_FACE_NETS` names.
enum FaceNetFiles {
  private static let folder = ProcessInfo.processInfo.environment["CURATE_FACE_NETS"]

  /// A network of the program.
  enum Net: String {
    case detector, landmarks, embedding, occlusion
  }

  /// Nil where the folder, or a file of it, is not there.
  static func path(of net: Net) -> String? {
    guard let folder else { return nil }
    let path = "\(folder)/\(net.rawValue).safetensors"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// Those of the folder, else those in the program.
  static func weights(of net: Net) throws(NetworksError) -> Parameters {
    if let path = path(of: net) { return try Safetensors.read(path).parameters }
    let file =
      switch net {
      case .detector: unsafe face_net_detector()
      case .landmarks: unsafe face_net_landmarks()
      case .embedding: unsafe face_net_embedding()
      case .occlusion: unsafe face_net_occlusion()
      }
    let bytes = unsafe UnsafeRawBufferPointer(start: file.bytes, count: file.count)
    return unsafe try Safetensors.read(bytes, name: "built-in \(net.rawValue)").parameters
  }

  /// Distinguishes those that decide which faces are found from all others; nil where there are none.
  static let digest = digest(of: [.detector, .landmarks])

  /// The same of some networks.
  static func digest(of nets: [Net]) -> String? {
    let paths = nets.compactMap { path(of: $0) }
    guard !paths.isEmpty else { return nil }
    var digest = Digest()
    // A file that cannot be read is an error when it is used.
    for path in paths { digest.update((try? Digest.hex(ofFile: path)) ?? path) }
    return String(digest.hex().prefix(12))
  }
}
