import Augment
import FaceCore
import Testing

/// Footage of a head that moves: what each frame looks like follows from the seed and its number.
private struct Footage {
  var seed: UInt64
  /// Bits that change from a frame to the next.
  var motion = 14

  private func words(_ frame: Int) -> SIMD4<UInt64> {
    var random = SeededGenerator(seed: seed)
    var words = SIMD4<UInt64>.random(in: 0...UInt64.max, using: &random)
    for _ in 0..<frame * motion {
      let bit = Int.random(in: 0..<256, using: &random)
      words[bit / 64] ^= 1 << UInt64(bit % 64)
    }
    return words
  }

  /// A copy of these frames: each face `noise` bits away, shown from `start` seconds on.
  func faces(
    _ frames: Range<Int>, video: Int, noise: Int = 0, start: Double = 0, person: Int? = nil,
    quality: Int = 100
  ) -> [FaceTraits] {
    frames.enumerated().map { place, frame in
      var random = SeededGenerator(seed: seed &+ UInt64(video) &* 7919, stream: UInt64(frame))
      var seen = words(frame)
      for _ in 0..<noise {
        let bit = Int.random(in: 0..<256, using: &random)
        seen[bit / 64] ^= 1 << UInt64(bit % 64)
      }
      let turn = Double(motion * frame) / 4
      return FaceTraits(
        hash: FaceHash(words: seen, quality: quality),
        content: SIMD2(UInt64(video) << 32 | UInt64(frame), seed), video: video, track: 0,
        frame: place, seconds: start + Double(place) / 25, person: person,
        pose: Pose(yaw: turn.truncatingRemainder(dividingBy: 60), pitch: 0, roll: 0),
        shape: [Point(x: 0.3, y: 0.4), Point(x: 0.6, y: 0.7)])
    }
  }
}

private func clusters(_ faces: [FaceTraits], threads: Int = 1) -> [[Int]] {
  DuplicateClusters(DuplicateSearch(faces, distance: 31, threads: threads), within: .plain).clusters
}

@Suite struct DuplicateSearchTests {
  @Test func copiesAreFoundFrameByFrameAndMotionIsNot() {
    let footage = Footage(seed: 1)
    let faces = footage.faces(0..<40, video: 0) + footage.faces(10..<30, video: 1, noise: 12)
    // The second video begins at frame 10 of the first.
    #expect(clusters(faces) == (0..<20).map { [$0 + 10, $0 + 40] })
  }

  @Test func theResultIsTheSameForAnyNumberOfThreads() {
    let faces = (0..<6).flatMap {
      Footage(seed: UInt64($0 / 2), motion: 5).faces(0..<60, video: $0, noise: 8)
    }
    let one = DuplicateSearch(faces, distance: 31, threads: 1)
    let many = DuplicateSearch(faces, distance: 31, threads: 5)
    #expect(one.edges(within: .plain) == many.edges(within: .plain))
    #expect(!one.edges(within: .plain).isEmpty)
    #expect(clusters(faces, threads: 1) == clusters(faces, threads: 5))
  }

  @Test func peopleWithDifferentNamesAreNeverTakenForEachOther() {
    let footage = Footage(seed: 2)
    func both(_ first: Int?, _ second: Int?) -> [FaceTraits] {
      footage.faces(0..<20, video: 0, person: first)
        + footage.faces(0..<20, video: 1, noise: 3, person: second)
    }
    #expect(clusters(both(1, 2)).isEmpty)
    #expect(clusters(both(1, 1)).count == 20)
    #expect(clusters(both(1, nil)).count == 20)
    // Not through somebody without a name, either.
    let faces =
      both(1, nil) + footage.faces(0..<20, video: 2, noise: 3, person: 2)
    for cluster in clusters(faces) {
      #expect(Set(cluster.compactMap { faces[$0].person }).count < 2)
    }
  }

  @Test func plainAndDarkFacesAreNotComparedAcrossVideos() {
    let footage = Footage(seed: 3)
    let faces =
      footage.faces(0..<20, video: 0, quality: DuplicateSearch.leastQuality - 1)
      + footage.faces(0..<20, video: 1, noise: 2)
    #expect(clusters(faces).isEmpty)
    let still = Footage(seed: 3, motion: 0).faces(0..<5, video: 0, quality: 0)
    #expect(clusters(still) == [[0, 1, 2, 3, 4]], "along a track they are")
  }

  @Test func twoFacesOfAFrameAreTwoFaces() {
    var faces = Footage(seed: 4, motion: 0).faces(0..<2, video: 0)
    faces[1].frame = 0
    faces[1].track = 1
    faces[1].content = faces[0].content
    #expect(clusters(faces).isEmpty)
  }

  @Test func theSameCropIsTheSameFaceWhateverItsQuality() {
    var faces = [0, 1].flatMap { Footage(seed: 5).faces(0..<1, video: $0, quality: 10) }
    faces[1].content = faces[0].content
    #expect(clusters(faces) == [[0, 1]])
  }

  @Test func aFrameShownTwiceIsOneHoweverItIsMeasured() {
    var faces = Footage(seed: 6).faces(0..<6, video: 0)
    faces[3].change = 0.01
    faces[5].change = 0.3
    #expect(clusters(faces) == [[2, 3]])
  }

  @Test func aShiftIsAgreedOnByHalfOrByNobody() {
    let noise = (0..<10).map { Double($0) * 3 }
    func agreed(_ votes: [Double]) -> Double? {
      TrackAlignments.agreed(votes.sorted(), within: 0.04)
    }
    #expect(agreed(noise + [Double](repeating: 7.5, count: 12)) == 7.5)
    #expect(agreed(noise + [Double](repeating: 7.5, count: 4)) == nil)
    #expect(agreed([Double](repeating: 7.5, count: 7)) == nil, "too few")
  }

  @Test func aTrailerIsInsideTheFilmWhereItWasCutFrom() throws {
    let film = Footage(seed: 7)
    let other = Footage(seed: 8)
    let faces =
      film.faces(0..<200, video: 0)
      + film.faces(100..<162, video: 1, noise: 10)
      + other.faces(0..<38, video: 1).map { face in
        var face = face
        face.frame += 62
        face.seconds += 62.0 / 25
        face.track = 1
        return face
      }
    let search = DuplicateSearch(faces, distance: 31)
    let overlaps = VideoOverlap.all(of: search, within: .plain)
    let trailer = try #require(overlaps.first)
    #expect(trailer.video == 1 && trailer.other == 0)
    #expect(trailer.shared == 62 && abs(trailer.share - 0.62) < 1e-9)
    #expect(
      trailer.ranges == [VideoOverlap.Range(here: 0...61.0 / 25, there: 4...161.0 / 25)])
    #expect(overlaps.last?.share == 0.31)
  }

  @Test func aHigherLimitMarksNoFewerHere() {
    let faces = (0..<3).flatMap {
      Footage(seed: 9, motion: 9).faces(0..<40, video: $0, noise: 6)
    }
    let rows = DistanceHistogram(
      DuplicateSearch(faces, distance: 31), within: .plain, upTo: 31
    ).rows
    #expect(rows.map(\.distances.upperBound) == [3, 7, 11, 15, 19, 23, 27, 31])
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.marked <= $1.marked })
    #expect(rows.last?.marked ?? 0 >= 80)
    #expect(rows.reduce(0) { $0 + $1.elsewhere } == 120)
  }
}
