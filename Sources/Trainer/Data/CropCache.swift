import FaceCore
import Synchronization

/// Decoded crops, as many as fit.
///
/// A crop stays once it is in. Under shuffled epochs every crop is equally likely to be the next,
/// so throwing one out for another would gain nothing, and least-recently-used would throw out
/// just those that come next.
final class CropCache: Sendable {
  private struct State {
    var images: [Int: SmoothedPicture] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  /// `limit` in bytes.
  init(limit: Int) { self.limit = limit }

  /// The bytes held now.
  var bytes: Int { state.withLock { $0.bytes } }

  /// The crop of a sample, decoded if it is not here.
  func image(of sample: Int, decode: () throws -> SmoothedPicture) throws -> SmoothedPicture {
    if let known = state.withLock({ $0.images[sample] }) { return known }
    let image = try decode()
    state.withLock { state in
      guard state.bytes + image.byteCount <= limit, state.images[sample] == nil else { return }
      state.images[sample] = image
      state.bytes += image.byteCount
    }
    return image
  }
}
