package import FaceCore
import Foundation
package import Networks

/// What the landmark network says of a face.
package struct PlacedFace: Hashable, Sendable {
  /// In pixels of the picture.
  package var landmarks: Landmarks
  /// How far each is likely off, in pixels of the picture: the mean of a Laplace distribution.
  package var spread: [Float]
  /// The probability that each is seen, 0 to 1.
  package var visible: [Float]
  /// In the picture's frame.
  package var pose: Pose
  /// How far the entries of its rotation matrix are likely off, on average.
  package var poseSpread: Float

  /// The mean spread of the points that are seen, percent of the root of their box's area.
  ///
  /// The network never learned what covers a face, but that it cannot know where points are that it does not
  /// see.
  package var doubt: Float {
    let seen = spread.indices.filter { visible[$0] >= 0.5 }
    let counted = seen.isEmpty ? Array(spread.indices) : seen
    let mean = counted.reduce(0) { $0 + spread[$1] } / Float(counted.count)
    return 100 * mean / max(landmarks.box.area.squareRoot(), .leastNormalMagnitude)
  }
}

/// Places the 68 landmarks of a face at any yaw with the built-in network.
///
/// It has buffers of its own: make one for each thread.
package final class NetLandmarks {
  private let executable: Executable

  /// Throws where the weights are not this network's.
  package init(engine: CPUEngine, weights: Parameters) throws(NetworksError) {
    executable = try engine.compile(
      LandmarkNetwork.network, batch: 1, for: .inference, parameters: weights)
  }

  /// With the weights that are part of the program, or those that replace them.
  ///
  /// Throws where they are not this network's.
  package static func builtIn() throws(NetworksError) -> NetLandmarks {
    try NetLandmarks(
      engine: try CPUEngine(threads: 1), weights: try FaceNetFiles.weights(of: .landmarks))
  }

  /// The face that fills a square of the picture.
  package func face(in picture: GrayImage, square: FaceSquare) -> PlacedFace {
    let seen = square.picture(of: picture, pixels: LandmarkNetwork.side)
    let answer = executable.forward(pixelBlocks(of: seen, block: LandmarkNetwork.block))[0]
    return Self.decoded(answer, square: square)
  }

  /// The face in the square that a detector's answer sets.
  ///
  /// Landmarks set a better square, in which they are placed anew until it stays where it is: twice as a
  /// rule, more often where the detector framed a part of the face.
  package func face(in picture: GrayImage, foundIn square: FaceSquare) -> PlacedFace {
    var placed = face(in: picture, square: square)
    var next = FaceSquare(around: fivePoints(of: placed.landmarks))
    for _ in 1..<Self.mostPasses {
      let last = next
      placed = face(in: picture, square: last)
      next = FaceSquare(around: fivePoints(of: placed.landmarks))
      if next.isNear(last, within: 0.025) { break }
    }
    return placed
  }

  private static let mostPasses = 6

  /// What `LandmarkNetwork.count` numbers say of the square.
  package static func decoded(_ answer: [Float], square: FaceSquare) -> PlacedFace {
    let half = square.side / 2
    let (c, s) = (cos(square.roll), sin(square.roll))
    let landmarks = (0..<Landmarks.count).map { index in
      let (x, y) = (answer[2 * index] * half, answer[2 * index + 1] * half)
      return Point(x: square.center.x + c * x - s * y, y: square.center.y + s * x + c * y)
    }
    let (pose, sureness) = (
      LandmarkNetwork.Field.rotation, LandmarkNetwork.Field.rotationSpread
    )
    return PlacedFace(
      landmarks: Landmarks(landmarks),
      spread: answer[LandmarkNetwork.Field.spread].map { exp($0) * half },
      visible: answer[LandmarkNetwork.Field.visible].map { 1 / (1 + exp(-$0)) },
      pose: Pose(rows: answer[pose].map(Double.init)).rolled(by: Double(square.roll)),
      poseSpread: exp(answer[sureness]))
  }
}

extension Pose {
  /// The rotation nearest to six numbers, its first two rows or nearly so.
  init(rows: [Double]) {
    func unit(_ v: SIMD3<Double>) -> SIMD3<Double> {
      let length = (v * v).sum().squareRoot()
      return length > 1e-9 ? v / length : SIMD3(1, 0, 0)
    }
    let x = unit(SIMD3(rows[0], rows[1], rows[2]))
    let second = SIMD3(rows[3], rows[4], rows[5])
    let y = unit(second - x * (x * second).sum())
    let z = SIMD3(x.y * y.z - x.z * y.y, x.z * y.x - x.x * y.z, x.x * y.y - x.y * y.x)
    self.init(matrix: [x.x, x.y, x.z, y.x, y.y, y.z, z.x, z.y, z.z])
  }
}
