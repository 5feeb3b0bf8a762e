import Align
import FaceCore
import Foundation
import Media
import Networks

private struct Annotated: Decodable {
  var file: String
  var set: String
  var landmarks68: Landmarks
  /// Pitch, yaw and roll in degrees, in the convention of AFLW2000-3D.
  var pose: [Double]?
}

/// Poses of annotated heads: of the landmark network, of the fit to its landmarks, and of both together,
/// and of the fit to the annotated landmarks.
func benchHeads(folder: String) throws {
  let all = try JSONDecoder().decode(
    [Annotated].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/annotations.json")))
  let placer = try NetLandmarks.builtIn()
  var errors: [(name: String, angles: [[Double]])] = [
    "network", "fit", "both", "fit to annotated landmarks", "fit, head of one's own",
  ].map { ($0, []) }
  for face in all {
    guard let angles = face.pose else { continue }
    let gray = GrayImage(try ImageFile.read(path: "\(folder)/\(face.file)"))
    let truth = Pose(aflw: PeerAngles(pitch: angles[0], yaw: angles[1], roll: angles[2]))
    let placed = placer.face(
      in: gray, foundIn: FaceSquare(around: fivePoints(of: face.landmarks68)))
    let fit = headPose(of: placed.landmarks)
    let own = HeadShape.fitted(to: [placed.landmarks], cameras: [0])[0]
    let found = [
      placed.pose, fit, headPose(of: placed, weight: 0.5), headPose(of: face.landmarks68),
      headPose(of: placed.landmarks, shape: own),
    ]
    for (index, pose) in found.enumerated() {
      // The set calls level what looks up a little.
      let level = pose.leveled(by: HeadModel.zeroOfAFLW)
      errors[index].angles.append(
        [(level.yaw, truth.yaw), (level.pitch, truth.pitch), (level.roll, truth.roll)].map {
          let difference = abs($0.0 - $0.1).truncatingRemainder(dividingBy: 360)
          return min(difference, 360 - difference)
        } + [
          level.angle(to: truth), abs(truth.yaw), placed.poseSpread.double,
          (level.pitch - truth.pitch), angles.map(abs).max() ?? 0,
        ])
    }
  }
  for (name, angles) in errors {
    for (range, title) in [
      (0.0..<45, "yaw below 45°"), (0..<99, "angles below 99°"), (0..<180, "all"),
    ] {
      let some = angles.filter { range.contains($0[4]) && (range.upperBound > 99 || $0[7] < 99) }
      func mean(_ index: Int) -> Double {
        some.map { $0[index] }.reduce(0, +) / Double(max(1, some.count))
      }
      let average = (mean(0) + mean(1) + mean(2)) / 3
      print(
        "\(name), \(title), \(some.count) heads:",
        String(
          format:
            "yaw %.2f pitch %.2f roll %.2f, mean %.2f°; turn between them %.2f° (pitch bias %.2f)",
          mean(0), mean(1),
          mean(2), average, mean(3), mean(6)))
    }
  }
}

extension Float { fileprivate var double: Double { Double(self) } }
