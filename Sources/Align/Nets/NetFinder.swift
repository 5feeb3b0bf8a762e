import FaceCore
import Foundation
import Networks

/// The built-in landmarks, and the built-in detector or another.
final class NetFinder: FaceFinder {
  private let detector: any BoxDetector
  private let placer: NetLandmarks

  /// The probability from which the detector's word is looked into.
  private static let threshold: Float = 0.3
  /// The evidence from which a face is found, and from which one that is expected is seen.
  private static let (leastEvidence, expectedEvidence): (Float, Float) = (0.8, -0.5)
  /// Longest side that is searched, in pixels, by depth.
  private static let sides: [FaceAligner.Depth: Int] = [.quick: 448, .plain: 768, .thorough: 1280]

  /// With the built-in detector, unless told.
  init(detector: (any BoxDetector)? = nil) throws(AlignError) {
    do throws(NetworksError) {
      let engine = try CPUEngine(threads: 1)
      if let detector {
        self.detector = detector
      } else {
        self.detector = NetDetector(
          engine: engine, weights: try FaceNetFiles.weights(of: .detector))
      }
      placer = try NetLandmarks(
        engine: engine, weights: try FaceNetFiles.weights(of: .landmarks))
    } catch {
      throw AlignError(error)
    }
  }

  func detections(
    in luma: GrayImage, depth: FaceAligner.Depth, where isWanted: (Box) -> Bool
  ) throws(AlignError) -> [Detection] {
    let side = Self.sides[depth] ?? 768
    let found = try found(in: luma, longestSide: side).filter { isWanted($0.box) }
      .map { judged($0, in: luma) }
    return Detection.sorted(Self.distinct(found.filter { $0.score > Self.leastEvidence }))
  }

  /// Without those whose landmarks are another's that is surer: the detector framed a part of its face.
  private static func distinct(_ found: [Detection]) -> [Detection] {
    found.sorted { ($0.score, $0.box.x) > ($1.score, $1.box.x) }.reduce(into: []) { kept, next in
      if !kept.contains(where: { $0.isSameFace(as: next.landmarks) }) { kept.append(next) }
    }
  }

  private func found(
    in luma: GrayImage, longestSide: Int
  ) throws(AlignError) -> [FoundFace] {
    try detector.faces(in: luma, longestSide: longestSide, threshold: Self.threshold)
  }

  private func judged(_ found: FoundFace, in luma: GrayImage) -> Detection {
    judged(found, by: placer.face(in: luma, foundIn: FaceSquare(around: found.points)))
  }

  private func judged(_ found: FoundFace, by placed: PlacedFace) -> Detection {
    Detection(
      box: found.box, score: found.evidence(placed), landmarks: placed.landmarks,
      doubt: placed.doubt)
  }

  func detection(
    in luma: GrayImage, near box: Box, expected: Landmarks?
  ) throws(AlignError) -> Detection? {
    // The middle grid finds faces of this size best, and half or twice it.
    let (face, side): (Float, Int) = (52, 128)
    let scale = max(1, box.area.squareRoot()) / face
    let half = Float(side) / 2 * scale
    let around = Box(
      x: box.center.x - half, y: box.center.y - half, width: 2 * half, height: 2 * half)
    let patch = luma.resampled(from: around, width: side, height: side)
    let found = try found(in: patch, longestSide: side).map { $0.moved(from: around, scale: scale) }
    let best = found.max { $0.box.overlap(with: box) < $1.box.overlap(with: box) }
    guard let best, best.box.overlap(with: box) > Detection.leastOverlap else { return nil }
    if let expected {
      let square = FaceSquare(around: fivePoints(of: expected))
      // One look does where the detector sees the face where it is expected.
      if FaceSquare(around: best.points).isNear(square, within: 0.1) {
        let judged = judged(best, by: placer.face(in: luma, square: square))
        if judged.score > Self.expectedEvidence { return judged }
      }
    }
    let judged = judged(best, in: luma)
    return judged.score > (expected == nil ? Self.leastEvidence : Self.expectedEvidence)
      ? judged : nil
  }

  func landmarks(in luma: GrayImage, of found: Detection) throws(AlignError) -> PlacedLandmarks {
    if let landmarks = found.landmarks {
      return PlacedLandmarks(landmarks, doubt: found.doubt)
    }
    return placed(placer.face(in: luma, foundIn: FaceSquare(around: found.box)))
  }

  func landmarks(
    in luma: GrayImage, box: Box, near expected: Landmarks
  ) throws(AlignError) -> PlacedLandmarks {
    placed(placer.face(in: luma, square: FaceSquare(around: fivePoints(of: expected))))
  }

  private func placed(_ face: PlacedFace) -> PlacedLandmarks {
    PlacedLandmarks(face.landmarks, doubt: face.doubt)
  }
}
