import FaceCore
import Testing

/// Random codes, with clusters of codes a few bits apart.
func codes(_ count: Int, seed: UInt64, biased: Bool = false) -> [FaceHash] {
  var random = SeededGenerator(seed: seed)
  var codes: [FaceHash] = []
  while codes.count < count {
    var words = SIMD4<UInt64>.random(in: 0...UInt64.max, using: &random)
    // What is alike in all faces: most bits are the same.
    if biased { words &= SIMD4(repeating: 0x1111_8001_0400_0021) }
    codes.append(FaceHash(words: words, quality: 100))
    for _ in 0..<Int.random(in: 0...3, using: &random) where codes.count < count {
      var near = words
      for _ in 0..<Int.random(in: 0...45, using: &random) {
        let bit = Int.random(in: 0..<256, using: &random)
        near[bit / 64] ^= 1 << UInt64(bit % 64)
      }
      codes.append(FaceHash(words: near, quality: 100))
    }
  }
  return codes
}

/// Each compared with each, as plainly as can be.
func plainPairs(_ codes: [FaceHash], within limit: Int) -> [HashSearch.Pair] {
  codes.indices.flatMap { first in
    codes.indices[(first + 1)...].compactMap { second in
      let distance = codes[first].distance(to: codes[second])
      return distance <= limit
        ? HashSearch.Pair(first: first, second: second, distance: distance) : nil
    }
  }
}

@Suite struct HashSearchTests {
  @Test(arguments: [0, 7, 15, 16, 31, 32, 40, 47])
  func thePairsAreThoseOfAPlainComparison(limit: Int) {
    for biased in [false, true] {
      let codes = codes(1500, seed: UInt64(limit), biased: biased)
      let expected = plainPairs(codes, within: limit)
      #expect(!expected.isEmpty)
      let search = HashSearch(codes)
      for method in [HashSearch.Method.slots, .all] {
        let found = search.pairs(within: limit, by: method, threads: 2, from: [HashSearch.Pair]()) {
          $0.append($1)
        }
        .flatMap { $0 }.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
        #expect(found == expected, "\(method), \(biased)")
      }
    }
  }

  @Test(arguments: [0, 1, 2, 7, 8, 9])
  func anyNumberOfCodesWillDo(count: Int) {
    let codes = codes(count, seed: 3)
    #expect(HashSearch(codes).pairs(within: 256).count == count * (count - 1) / 2)
    #expect(HashSearch(codes).pairs(within: 31) == plainPairs(codes, within: 31))
  }

  @Test func theResultIsTheSameForAnyNumberOfThreads() {
    let search = HashSearch(codes(3000, seed: 9))
    func pieces(_ threads: Int) -> [[HashSearch.Pair]] {
      search.pairs(within: 31, threads: threads, from: []) { $0.append($1) }
    }
    #expect(pieces(1) == pieces(3))
  }

  @Test func slotsAreTakenWhereTheySaveWork() {
    #expect(HashSearch(codes(20000, seed: 1)).cheaperMethod(within: 31) == .slots)
    let alike = [FaceHash](repeating: codes(1, seed: 1)[0], count: 20000)
    #expect(HashSearch(alike).cheaperMethod(within: 31) == .all)
  }
}
