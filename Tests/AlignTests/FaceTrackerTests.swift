import Align
import FaceCore
import Foundation
import Testing

/// A frontal face of about 100 pixels.
func faceAt(x: Float, y: Float, scale: Double = 0.7) -> Landmarks {
  HeadModel.landmarks(pose: .frontal, scale: scale, center: Point(x: x, y: y))
}

@Suite struct FaceTrackerTests {
  /// The tracks of the faces of each numbered frame.
  static func tracks(
    of frames: [(number: Int, faces: [Landmarks])], longestGap: Int = 8
  ) -> [[Int]] {
    var tracker = FaceTracker(options: .init(longestGap: longestGap))
    return frames.map { tracker.tracks(of: $0.faces, frame: $0.number) }
  }

  @Test func twoMovingFacesKeepTheirTracksInAnyOrder() {
    let tracks = FaceTrackerTests.tracks(
      of: (0..<50).map { frame in
        let left = faceAt(x: 100 + Float(frame) * 3, y: 100)
        let right = faceAt(x: 500 - Float(frame) * 3, y: 120)
        return (frame, frame % 2 == 0 ? [left, right] : [right, left])
      })
    for frame in 0..<50 { #expect(tracks[frame] == (frame % 2 == 0 ? [0, 1] : [1, 0])) }
  }

  @Test func aTrackLivesThroughAShortGapAndNotALongOne() {
    let face = faceAt(x: 100, y: 100)
    let tracks = FaceTrackerTests.tracks(
      of: [(0, [face]), (1, []), (2, []), (3, []), (4, [face])]
        + (5..<9).map { ($0, []) } + [(9, [face])], longestGap: 3)
    #expect(tracks == [[0], [], [], [], [0], [], [], [], [], [1]])
  }

  /// A survey looks at two frames a second: what was not looked at is not missing.
  @Test func framesThatAreNotLookedAtBreakNoTrack() {
    let face = faceAt(x: 100, y: 100)
    let tracks = FaceTrackerTests.tracks(
      of: [0, 15, 30, 60, 61, 92].map { ($0, [face]) } + [(105, []), (120, [face])])
    #expect(tracks == [[0], [0], [0], [0], [0], [1], [], [2]])
  }

  @Test func aMovingFaceIsExpectedWhereItGoes() {
    var frames = (0..<6).map { (number: $0, faces: [faceAt(x: 100 + 12 * Float($0), y: 100)]) }
    // Five frames later it is 60 pixels on, and somebody stands where it was last seen.
    frames.append((10, [faceAt(x: 120, y: 100), faceAt(x: 220, y: 100)]))
    #expect(FaceTrackerTests.tracks(of: frames) == [[0], [0], [0], [0], [0], [0], [1, 0]])
  }

  @Test func aFaceOfAnotherSizeIsSomebodyElse() {
    let frames = [
      (0, [faceAt(x: 200, y: 200, scale: 0.4)]), (1, [faceAt(x: 200, y: 200, scale: 2.4)]),
    ]
    #expect(FaceTrackerTests.tracks(of: frames) == [[0], [1]])
  }

  @Test func aCutEndsAllTracks() {
    var tracker = FaceTracker()
    let before = tracker.tracks(of: [faceAt(x: 100, y: 100)], frame: 0)
    tracker.cut()
    let after = tracker.tracks(of: [faceAt(x: 100, y: 100)], frame: 1)
    #expect(before == [0] && after == [1])
  }

  @Test func aStoredTrackerGoesOnAsIfItHadNotStopped() throws {
    func run(storingAt stop: Int?) throws -> [[Int]] {
      var generator = SeededGenerator(seed: 7)
      var tracker = FaceTracker()
      return try (0..<40).map { frame in
        if frame == stop {
          tracker = try JSONDecoder().decode(
            FaceTracker.self, from: JSONEncoder().encode(tracker))
        }
        let faces = (0..<3).compactMap { index -> Landmarks? in
          guard Double.random(in: 0..<1, using: &generator) < 0.8 else { return nil }
          let shift = Float.random(in: -9...9, using: &generator)
          return faceAt(x: 150 * Float(index) + 90 + shift, y: 100 + shift)
        }
        return tracker.tracks(of: faces, frame: frame)
      }
    }
    let whole = try run(storingAt: nil)
    for stop in [1, 13, 39] { #expect(try run(storingAt: stop) == whole) }
  }

  @Test func framesMustGrow() async {
    await #expect(processExitsWith: .failure) {
      var tracker = FaceTracker()
      _ = tracker.tracks(of: [faceAt(x: 1, y: 1)], frame: 5)
      _ = tracker.tracks(of: [faceAt(x: 1, y: 1)], frame: 5)
    }
  }
}

@Suite struct LandmarkSmoothingTests {
  static let times = (0..<60).map { Double($0) / 25 }

  static func noisy(seed: UInt64) -> [Landmarks] {
    var generator = SeededGenerator(seed: seed)
    return times.map { _ in
      Landmarks(
        faceAt(x: 200, y: 200).points.map {
          $0 + Point(x: Float(generator.nextGaussian()), y: Float(generator.nextGaussian()))
        })
    }
  }

  static func tremble(_ track: [Landmarks]) -> Float {
    zip(track, track.dropFirst()).map { first, second in
      zip(first.points, second.points).map { $0.distance(to: $1) }.reduce(0, +)
    }.reduce(0, +)
  }

  @Test func aStillFaceStaysExactlyWhereItIs() {
    let track = [Landmarks](repeating: faceAt(x: 200, y: 200), count: 60)
    let smooth = LandmarkSmoothing().smoothed(track, times: LandmarkSmoothingTests.times)
    #expect(smooth == track)
  }

  @Test func aStillFacesTrembleShrinksToAThird() {
    let track = LandmarkSmoothingTests.noisy(seed: 4)
    let smooth = LandmarkSmoothing().smoothed(track, times: LandmarkSmoothingTests.times)
    #expect(LandmarkSmoothingTests.tremble(smooth) < LandmarkSmoothingTests.tremble(track) / 3)
  }

  @Test func aMovingFaceDoesNotLag() {
    let track = LandmarkSmoothingTests.times.map { faceAt(x: 200 + 150 * Float($0), y: 200) }
    let smooth = LandmarkSmoothing().smoothed(track, times: LandmarkSmoothingTests.times)
    for frame in 15..<45 {
      #expect(smooth[frame][30].distance(to: track[frame][30]) < 0.5)
    }
  }

  @Test func backwardsIsTheSameBackwards() {
    let track = LandmarkSmoothingTests.noisy(seed: 9)
    let times = LandmarkSmoothingTests.times
    let forth = LandmarkSmoothing().smoothed(track, times: times)
    let back = LandmarkSmoothing().smoothed(track.reversed(), times: times.reversed().map { -$0 })
    for (first, second) in zip(forth, back.reversed()) {
      for index in 0..<Landmarks.count {
        #expect(first[index].distance(to: second[index]) < 1e-3)
      }
    }
  }

  @Test func oneFrameIsItself() {
    #expect(LandmarkSmoothing().smoothed([sampleLandmarks], times: [3]) == [sampleLandmarks])
  }
}
