import CFaceNets
import FaceCore
import Foundation
import Networks

/// The built-in detector and landmarks.
final class NetFinder: FaceFinder {
  private let detector: NetDetector
  private let placer: NetLandmarks

  /// The probability from which a face is found, and from which one that is expected is seen.
  private static let (threshold, expectedThreshold): (Float, Float) = (0.5, 0.25)
  /// Longest side that is searched, in pixels, by depth.
  private static let sides: [FaceAligner.Depth: Int] = [.quick: 448, .plain: 768, .thorough: 1280]

  init() throws(AlignError) {
    do throws(NetworksError) {
      let engine = try CPUEngine(threads: 1)
      detector = NetDetector(
        engine: engine, weights: unsafe try Self.weights(face_net_detector(), "detector"))
      placer = try NetLandmarks(
        engine: engine, weights: unsafe try Self.weights(face_net_landmarks(), "landmarks"))
    } catch {
      throw AlignError(code: .failed, subject: error.subject, reason: error.reason)
    }
  }

  private static func weights(
    _ file: face_net, _ name: String
  ) throws(NetworksError) -> Parameters {
    let bytes = unsafe UnsafeRawBufferPointer(start: file.bytes, count: file.count)
    return unsafe try Safetensors.read(bytes, name: "built-in \(name)").parameters
  }

  func detections(
    in luma: GrayImage, depth: FaceAligner.Depth
  ) throws(AlignError) -> [Detection] {
    let side = Self.sides[depth] ?? 768
    return Detection.sorted(try found(in: luma, longestSide: side, threshold: Self.threshold))
  }

  private func found(
    in luma: GrayImage, longestSide: Int, threshold: Float
  ) throws(AlignError) -> [Detection] {
    do throws(NetworksError) {
      return try detector.faces(in: luma, longestSide: longestSide, threshold: threshold).map {
        Detection(
          box: $0.box, score: Self.odds($0.probability) - Self.odds(Self.threshold),
          points: $0.points)
      }
    } catch {
      throw AlignError(code: .failed, subject: error.subject, reason: error.reason)
    }
  }

  private static func odds(_ probability: Float) -> Float {
    let held = min(1 - 1e-6, max(1e-6, probability))
    return log(held / (1 - held))
  }

  func detection(
    in luma: GrayImage, near box: Box, isExpected: Bool
  ) throws(AlignError) -> Detection? {
    // The middle grid finds faces of this size best, and half or twice it.
    let (face, side): (Float, Int) = (52, 128)
    let scale = max(1, box.area.squareRoot()) / face
    let half = Float(side) / 2 * scale
    let around = Box(
      x: box.center.x - half, y: box.center.y - half, width: 2 * half, height: 2 * half)
    let patch = luma.resampled(from: around, width: side, height: side)
    let found = try found(
      in: patch, longestSide: side,
      threshold: isExpected ? Self.expectedThreshold : Self.threshold)
    return Detection.expected(at: box, among: found.map { $0.moved(from: around, scale: scale) })
  }

  /// Twice: the first landmarks set a better square than the detector's points.
  func landmarks(in luma: GrayImage, of found: Detection) throws(AlignError) -> Landmarks {
    let square =
      found.points.isEmpty ? FaceSquare(around: found.box) : FaceSquare(around: found.points)
    let first = placer.face(in: luma, square: square)
    return placer.face(in: luma, square: FaceSquare(around: fivePoints(of: first.landmarks)))
      .landmarks
  }

  func landmarks(
    in luma: GrayImage, box: Box, near expected: Landmarks
  ) throws(AlignError) -> Landmarks {
    placer.face(in: luma, square: FaceSquare(around: fivePoints(of: expected))).landmarks
  }
}
