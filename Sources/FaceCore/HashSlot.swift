import CPixels

/// Codes in four planes, one for each of their words, as the inner loop reads them.
struct HashPlanes: Sendable {
  private let count: Int
  private let planes: [UInt64]

  init(_ codes: [SIMD4<UInt64>]) {
    count = codes.count
    var planes = [UInt64](repeating: 0, count: 4 * codes.count)
    for (index, code) in codes.enumerated() {
      for word in 0..<4 { planes[word * codes.count + index] = code[word] }
    }
    self.planes = planes
  }

  /// Calls `body` with each pair of these rows and of any later row.
  ///
  /// Columns are taken in blocks that stay in the cache while all rows look at them.
  func forEachPair(
    of rows: Range<Int>, _ codes: [SIMD4<UInt64>], within limit: Int,
    _ body: (HashSearch.Pair) -> Void
  ) {
    var found = [UInt32](repeating: 0, count: 1025)
    for start in stride(from: rows.lowerBound, to: count, by: 1024) {
      let end = min(count, start + 1024)
      for row in rows where row + 1 < end {
        let first = max(start, row + 1)
        forEachNear(codes[row], in: first..<end, within: limit, room: &found) { column in
          let distance = (codes[row] ^ codes[column]).nonzeroBits
          body(HashSearch.Pair(first: row, second: column, distance: distance))
        }
      }
    }
  }

  /// Calls `body` with the places in `range` whose codes differ from `code` in at most `limit` bits.
  ///
  /// `found` has room for one more than the range.
  @inline(__always)
  func forEachNear(
    _ code: SIMD4<UInt64>, in range: Range<Int>, within limit: Int, room found: inout [UInt32],
    _ body: (Int) -> Void
  ) {
    precondition(range.upperBound <= count && found.count > range.count, "inside the planes")
    let hits = unsafe planes.withUnsafeBufferPointer { planes in
      unsafe found.withUnsafeMutableBufferPointer { found in
        unsafe withUnsafePointer(to: code) { code in
          guard let base = planes.baseAddress, let target = found.baseAddress else { return 0 }
          // Four words side by side are laid out as the vector is.
          return unsafe cpx_near(
            base + range.lowerBound, count,
            UnsafeRawPointer(code).assumingMemoryBound(to: UInt64.self),
            range.count, Int32(limit), target)
        }
      }
    }
    for hit in 0..<hits { body(range.lowerBound + Int(found[hit])) }
  }
}

/// All codes in the order of their 16 bits in one slot.
struct HashSlot {
  static let count = 16
  static let bucketCount = 1 << 16

  private let slot: Int
  /// Where each bucket begins, and the end.
  private let starts: [UInt32]
  /// The place of each code.
  private let places: [UInt32]
  private let codes: [SIMD4<UInt64>]
  private let planes: HashPlanes

  init(_ codes: [SIMD4<UInt64>], slot: Int) {
    self.slot = slot
    var starts = [UInt32](repeating: 0, count: HashSlot.bucketCount + 1)
    for (bucket, size) in HashSlot.sizes(of: codes, slot: slot).enumerated() {
      starts[bucket + 1] = starts[bucket] + UInt32(size)
    }
    var next = starts
    var places = [UInt32](repeating: 0, count: codes.count)
    for (place, code) in codes.enumerated() {
      let bucket = code.key(slot)
      places[Int(next[bucket])] = UInt32(place)
      next[bucket] += 1
    }
    (self.starts, self.places) = (starts, places)
    self.codes = places.map { codes[Int($0)] }
    planes = HashPlanes(self.codes)
  }

  /// How many codes lie in each bucket.
  static func sizes(of codes: [SIMD4<UInt64>], slot: Int) -> [Int] {
    var sizes = [Int](repeating: 0, count: bucketCount)
    for code in codes { sizes[code.key(slot)] += 1 }
    return sizes
  }

  /// All differences a slot may have for a pair to be found in it; none comes first.
  static func probes(within limit: Int) -> [Int] {
    let most = limit / count
    guard most <= 2 else { return Array(0..<bucketCount) }
    return (0..<bucketCount).filter { $0.nonzeroBitCount <= most }
  }

  /// Calls `body` with each pair that is found here and in no slot before.
  func forEachPair(within limit: Int, _ body: (HashSearch.Pair) -> Void) {
    let probes = HashSlot.probes(within: limit)
    let most = limit / HashSlot.count
    var found: [UInt32] = [0]
    for bucket in 0..<HashSlot.bucketCount {
      let own = range(of: bucket)
      if own.isEmpty { continue }
      for probe in probes where bucket ^ probe >= bucket {
        let other = range(of: bucket ^ probe)
        if other.isEmpty { continue }
        if found.count <= other.count {
          found = [UInt32](repeating: 0, count: 2 * other.count + 1)
        }
        for row in own {
          // In its own bucket a code is compared with those after it.
          let columns = probe == 0 ? row + 1..<other.upperBound : other
          planes.forEachNear(codes[row], in: columns, within: limit, room: &found) { column in
            let difference = codes[row] ^ codes[column]
            guard !(0..<slot).contains(where: { difference.bits(in: $0) <= most }) else { return }
            let (a, b) = (Int(places[row]), Int(places[column]))
            body(
              HashSearch.Pair(
                first: min(a, b), second: max(a, b), distance: difference.nonzeroBits))
          }
        }
      }
    }
  }

  private func range(of bucket: Int) -> Range<Int> {
    Int(starts[bucket])..<Int(starts[bucket + 1])
  }
}

extension SIMD4<UInt64> {
  /// The 16 bits of a slot.
  fileprivate func key(_ slot: Int) -> Int {
    Int(truncatingIfNeeded: self[slot / 4] >> UInt64(16 * (slot % 4))) & 0xFFFF
  }

  fileprivate func bits(in slot: Int) -> Int { key(slot).nonzeroBitCount }

  fileprivate var nonzeroBits: Int {
    self[0].nonzeroBitCount + self[1].nonzeroBitCount + self[2].nonzeroBitCount
      + self[3].nonzeroBitCount
  }
}
