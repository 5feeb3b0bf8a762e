import FaceCore
import Foundation

/// Times the search for all pairs among random codes: clusters of a few near ones, and as many alone.
func search(count: Int, limit: Int, threads: Int) {
  var generator = SeededGenerator(seed: 1)
  var hashes: [FaceHash] = []
  while hashes.count < count {
    let words = SIMD4<UInt64>.random(in: 0...UInt64.max, using: &generator)
    hashes.append(FaceHash(words: words, quality: 100))
    for _ in 0..<Int.random(in: 0...2, using: &generator) where hashes.count < count {
      var near = words
      for _ in 0..<Int.random(in: 0...40, using: &generator) {
        let bit = Int.random(in: 0..<256, using: &generator)
        near[bit / 64] ^= 1 << UInt64(bit % 64)
      }
      hashes.append(FaceHash(words: near, quality: 100))
    }
  }
  for _ in 0..<3 {
    let start = Date()
    let counts = HashSearch(hashes).pairs(within: limit, threads: threads, from: 0) { count, _ in
      count += 1
    }
    let seconds = Date().timeIntervalSince(start)
    print(
      String(
        format: "%d codes, %d bits, %d threads: %d pairs in %.2f s", count, limit, threads,
        counts.reduce(0, +), seconds))
  }
  if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let peak = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") })
  {
    print(peak)
  }
}
