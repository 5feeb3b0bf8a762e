import Synchronization

/// Keeps the backdrops drawn last: a clip's is the same in every frame.
enum BackdropCache {
  private struct Entry {
    let backdrop: Backdrop
    let width: Int
    let height: Int
    let pixels: [Vector]
  }

  private static let kept = Mutex<[Entry]>([])

  /// Linear colours, row by row.
  static func pixels(_ backdrop: Backdrop, width: Int, height: Int) -> [Vector] {
    kept.withLock { entries in
      let found = entries.first {
        $0.backdrop == backdrop && $0.width == width && $0.height == height
      }
      if let found { return found.pixels }
      let pixels = backdrop.pixels(width: width, height: height)
      if entries.count >= 4 { entries.removeFirst() }
      entries.append(Entry(backdrop: backdrop, width: width, height: height, pixels: pixels))
      return pixels
    }
  }
}
