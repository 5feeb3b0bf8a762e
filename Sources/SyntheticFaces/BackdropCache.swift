import Foundation

/// Keeps the backdrops drawn last: a clip's is the same in every frame.
final class BackdropCache: @unchecked Sendable {
  static let shared = BackdropCache()

  private struct Key: Hashable {
    let backdrop: Backdrop
    let width: Int
    let height: Int
  }

  // Guards `kept`, the only state.
  private let lock = NSLock()
  private var kept: [(key: Key, pixels: [Vector])] = []

  func pixels(_ backdrop: Backdrop, width: Int, height: Int) -> [Vector] {
    let key = Key(backdrop: backdrop, width: width, height: height)
    lock.lock()
    defer { lock.unlock() }
    if let found = kept.first(where: { $0.key == key }) { return found.pixels }
    let pixels = backdrop.pixels(width: width, height: height)
    if kept.count >= 4 { kept.removeFirst() }
    kept.append((key, pixels))
    return pixels
  }
}
