import Align
package import FaceCore
import Foundation

extension Portrait {
  /// The person looking further to the side, or up and down: the picture is bent over the mean head.
  ///
  /// Of people who look nearly ahead it makes profiles with filmed skin and hair, which hardly any annotated
  /// pictures show. What was hidden is drawn out of what is beside it. Nil where the face would turn away,
  /// or the landmarks are no head's.
  /// Source: Zhu et al., "Face Alignment Across Large Poses: A 3D Solution", 2016, there with a mesh of all
  /// the picture.
  package func turned(by turn: FaceVariant.Turn) -> Portrait? {
    let before = headPose(of: landmarks)
    guard headMisfit(of: landmarks, pose: before) < 0.2 else { return nil }
    let (width, height) = (luma.width, luma.height)
    let face = FaceTurn(landmarks: landmarks, pose: before, by: turn, side: max(width, height))
    guard abs(face.pose.yaw) < 90, abs(face.pose.pitch) < 60 else { return nil }
    let origins = face.mesh.origins(width: width, height: height)
    // Seen is what is found where it went, or just beside, for at the head's edge that is the wall.
    let size = landmarks.box.area.squareRoot()
    let around = max(1, Int(0.02 * size))
    let seen = zip(landmarks.points, face.landmarks.points).map { from, to in
      func near(_ place: Float, limit: Int) -> Range<Int> {
        (Int(place) - around..<Int(place) + around + 1).clamped(to: 0..<limit)
      }
      let (rows, columns) = (near(to.y, limit: height), near(to.x, limit: width))
      guard !rows.isEmpty, !columns.isEmpty else { return true }
      return rows.contains { row in
        columns.contains { origins[row * width + $0].distance(to: from) < 0.1 * size }
      }
    }
    return Portrait(
      luma: luma.sampled(at: origins), alpha: alpha.sampled(at: origins),
      landmarks: face.landmarks, visible: zip(visible, seen).map { $0 && $1 }, pose: face.pose,
      person: person)
  }
}

extension [Portrait] {
  /// Each of them looking further to the side than it does, by chance: to 25° to 80° of yaw.
  ///
  /// Without those that no turn is possible for. A function of the portraits and the seed.
  package func turnedAside(seed: UInt64) -> [Portrait] {
    enumerated().compactMap { index, portrait in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      let yaw = headPose(of: portrait.landmarks).yaw
      let isRight = Bool.random(using: &generator)
      let goal = Double.random(in: 25...80, using: &generator)
      let pitch = Double.random(in: -8...8, using: &generator)
      // Far from ahead it can only be further: the hidden side is not known.
      let sign: Double = abs(yaw) > 8 ? (yaw < 0 ? -1 : 1) : isRight ? 1 : -1
      let turn = sign * goal - yaw
      guard turn * sign > 5, abs(turn) < 70 else { return nil }
      return portrait.turned(by: .init(yaw: turn, pitch: pitch))
    }
  }
}

extension GrayImage {
  /// A picture of the same size, each pixel from between those around its origin; beyond the edge nothing.
  fileprivate func sampled(at origins: [Point]) -> GrayImage {
    let result = origins.map { origin -> UInt8 in
      let (x, y) = (origin.x - 0.5, origin.y - 0.5)
      guard x > -1, y > -1, x < Float(width), y < Float(height) else { return 0 }
      let held = (x: max(0, min(Float(width - 1), x)), y: max(0, min(Float(height - 1), y)))
      let (left, top) = (min(width - 2, Int(held.x)), min(height - 2, Int(held.y)))
      let (u, v) = (held.x - Float(left), held.y - Float(top))
      let at = top * width + left
      let above = Float(bytes[at]) * (1 - u) + Float(bytes[at + 1]) * u
      let below = Float(bytes[at + width]) * (1 - u) + Float(bytes[at + width + 1]) * u
      return UInt8(above * (1 - v) + below * v + 0.5)
    }
    return GrayImage(width: width, height: height, bytes: result)
  }
}
