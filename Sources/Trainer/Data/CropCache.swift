import FaceCore
import Synchronization

/// A sample's picture, ready to be looked at.
struct ReadySample: Sendable {
  let picture: SmoothedPicture
  /// In pixels of the whole crop.
  let landmarks: Landmarks
}

/// Decoded and changed crops, as many as fit.
///
/// A crop stays once it is in. Under shuffled epochs every crop is equally likely to be the next,
/// so throwing one out for another would gain nothing, and least-recently-used would throw out
/// just those that come next.
final class CropCache: Sendable {
  private struct State {
    var samples: [Int: ReadySample] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  /// `limit` in bytes.
  init(limit: Int) { self.limit = limit }

  /// The bytes held now.
  var bytes: Int { state.withLock { $0.bytes } }

  /// A sample, made ready if it is not here.
  func sample(_ index: Int, make: () throws -> ReadySample) throws -> ReadySample {
    if let known = state.withLock({ $0.samples[index] }) { return known }
    let sample = try make()
    state.withLock { state in
      let size = sample.picture.byteCount
      guard state.bytes + size <= limit, state.samples[index] == nil else { return }
      state.samples[index] = sample
      state.bytes += size
    }
    return sample
  }
}
