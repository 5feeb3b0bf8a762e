import Align
import FaceCore
import Foundation
import Media
import SyntheticFaces
import Trainer

/// A rendered person as a crop, and what is known of it.
private struct Crop {
  var face: FacePicture

  init(_ renderer: FaceRenderer, _ pose: Pose, _ light: SceneLight) {
    var scene = Scene(
      pose: pose, position: [0, 6, 70], light: light,
      camera: SceneCamera(width: 480, height: 480, focal: 1000), backdrop: Backdrop(seed: 3))
    scene.grain = 0
    let frame = renderer.render(scene)
    let (image, map) = Align.crop(frame.image, landmarks: frame.landmarks, type: .full, size: 256)
    let landmarks = frame.landmarks.mapped(by: map)
    let found = headPose(of: landmarks)
    face = FacePicture(
      image: image, landmarks: landmarks, pose: found,
      light: faceLight(of: landmarks, pose: found, in: GrayImage(image)))
  }

  func changed(by variant: FaceVariant) throws -> FacePicture {
    var generator = SeededGenerator(seed: 1)
    return try face.changed(by: variant, using: &generator)
  }
}

extension FacePicture {
  /// Decibels against another picture of 8 bits, inside the other's face.
  fileprivate func psnr(against truth: FacePicture) -> Double {
    let mask = FaceMask.training
    let inside = mask.render(
      mask.outline(of: truth.landmarks), width: image.width, height: image.height)
    var (sum, count) = (0.0, 0.0)
    for index in inside.indices where inside[index] > 0.5 {
      for channel in 3 * index..<3 * index + 3 {
        let difference = Double(image.bytes[channel]) - Double(truth.image.bytes[channel])
        sum += difference * difference
        count += 1
      }
    }
    return 10 * log10(255 * 255 * count / max(sum, 1e-9))
  }

  /// Mean distance of the landmarks but the jaw's, in pixels of the crop.
  fileprivate func distance(to truth: FacePicture) -> Double {
    (17..<68).reduce(0) { $0 + Double(landmarks[$1].distance(to: truth.landmarks[$1])) } / 51
  }
}

private func mean(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(max(1, values.count))
}

private func text(_ value: Double) -> String { String(format: "%6.2f", value) }

private let people: [FaceRenderer] =
  ([FaceIdentity.alice, .bob] + (0..<4).map { FaceIdentity(name: "v\($0)", seed: 50 + $0) })
  .map { FaceRenderer(head: $0) }

private let evenLight = SceneLight(
  ambient: .init(0.5, 0.5, 0.5), sky: .init(0.1, 0.1, 0.1), keyAzimuth: 0, keyElevation: 20,
  keyStrength: 0.1)

/// How near turned, relit pictures of rendered people are to what those people look like then.
func benchVariants(writingTo folder: String?) throws {
  try benchTurns(folder)
  try benchLights(folder)
}

private func benchTurns(_ folder: String?) throws {
  print(
    "from    by    faces  PSNR as is  turned   landmarks as is  turned   yaw/pitch found off   stretch"
  )
  for (from, turn) in turns {
    var (before, after): ([Double], [Double]) = ([], [])
    var (apart, left, off): ([Double], [Double], [Double]) = ([], [], [])
    for (number, person) in people.enumerated() {
      let crop = Crop(person, from, evenLight)
      let truth = Crop(person, from.turned(by: turn), evenLight).face
      let variant = FaceVariant(cell: FaceCell(PoseCell(yaw: 4, pitch: 2)), rotate: turn)
      let made = try crop.changed(by: variant)
      before.append(crop.face.psnr(against: truth))
      after.append(made.psnr(against: truth))
      apart.append(crop.face.distance(to: truth))
      left.append(made.distance(to: truth))
      let found = headPose(of: made.landmarks)
      off.append(
        abs(found.yaw - crop.face.pose.yaw - turn.yaw)
          + abs(found.pitch - crop.face.pose.pitch - turn.pitch))
      if let folder, number < 2 {
        let name = "turn-\(Int(from.yaw))-\(Int(from.pitch))-\(Int(turn.yaw))-\(Int(turn.pitch))"
        try write([crop.face.image, made.image, truth.image], "\(folder)/\(name)-\(number).png")
      }
    }
    let stretch = FaceTurn.stretch(from: from, by: turn)
    let seen = FaceTurn.showsOnlyWhatIsSeen(from: from, by: turn) ? "" : "  (refused by the plan)"
    print(
      String(format: "%3.0f/%3.0f %3.0f/%3.0f", from.yaw, from.pitch, turn.yaw, turn.pitch)
        + "    \(people.count)    \(text(mean(before)))    \(text(mean(after)))    "
        + "\(text(mean(apart)))     \(text(mean(left)))    \(text(mean(off)))    \(text(stretch))\(seen)"
    )
  }
}

private let turns: [(Pose, FaceVariant.Turn)] = [
  (0, 0, 5, 0), (0, 0, 10, 0), (0, 0, 15, 0), (20, 0, 5, 0), (20, 0, 10, 0), (20, 0, 15, 0),
  (10, 0, -10, 0), (15, 0, -10, 0), (20, 0, -10, 0), (20, 0, -15, 0), (25, 0, -10, 0),
  (30, 0, -10, 0), (35, 0, 10, 0), (35, 0, 15, 0), (35, 0, -10, 0),
  (45, 0, 10, 0), (55, 0, 10, 0), (0, 0, 0, 10), (0, 0, 0, -10), (0, 10, 0, 10), (0, -10, 0, -10),
  (0, 10, 0, -15), (20, 5, 10, 8),
].map { (Pose(yaw: $0.0, pitch: $0.1, roll: 0), FaceVariant.Turn(yaw: $0.2, pitch: $0.3)) }

private func benchLights(_ folder: String?) throws {
  var (before, after): ([Double], [Double]) = ([], [])
  var (right, near, tried) = (0, 0, 0)
  var generator = SeededGenerator(seed: 9)
  for (number, person) in people.enumerated() {
    for index in 0..<8 {
      let pose = Pose(yaw: Double.random(in: -30...30, using: &generator), pitch: 0, roll: 0)
      let (angle, strength) = (
        Float(index) * .pi / 4, Float.random(in: 0.25...0.5, using: &generator)
      )
      func light(_ angle: Float, _ strength: Float) -> SceneLight {
        var light = SceneLight(
          ambient: .init(0.3, 0.3, 0.3), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
          keyColor: .init(1, 1, 1), keyStrength: strength)
        light.keyDirection = [sin(0.9) * cos(angle), -sin(0.9) * sin(angle), -cos(0.9)]
        return light
      }
      let crop = Crop(person, pose, light(angle, strength))
      guard let own = crop.face.light else { continue }
      for goal in LightBin.allCases where own.bin.isBeside(goal) {
        let variant = FaceVariant(cell: cell, relight: own.moved(into: goal))
        let made = try crop.changed(by: variant)
        let found = faceLight(of: made.landmarks, pose: made.pose, in: GrayImage(made.image))
        tried += 1
        if found?.bin == goal { right += 1 }
        if let bin = found?.bin, bin == goal || bin.isBeside(goal) { near += 1 }
      }
      for (turn, factor) in [(Float.pi / 4, Float(1)), (0, 1.6), (0, 0.5)] {
        let truth = Crop(person, pose, light(angle + turn, strength * factor)).face
        guard let goal = truth.light else { continue }
        let made = try crop.changed(by: FaceVariant(cell: cell, relight: goal))
        before.append(crop.face.psnr(against: truth))
        after.append(made.psnr(against: truth))
        if let folder, number < 2, index % 2 == 0 {
          try write(
            [crop.face.image, made.image, truth.image],
            "\(folder)/light-\(number)-\(index)-\(Int(turn * 100))-\(Int(factor * 10)).png")
        }
      }
    }
  }
  print("relit into a bin beside its own: \(right) of \(tried) are measured in it, \(near) beside")
  print(
    "against the same face rendered in the other light: \(text(mean(before))) dB as is, "
      + "\(text(mean(after))) dB relit, nearer in \(zip(before, after).count { $0 < $1 }) of "
      + "\(before.count)")
}

private let cell = FaceCell(PoseCell(yaw: 4, pitch: 2))

private func write(_ pictures: [Image], _ path: String) throws {
  var sheet = Image(width: 256 * pictures.count, height: 256)
  for (place, picture) in pictures.enumerated() { sheet.draw(picture, x: 256 * place, y: 0) }
  try ImageFile.write(sheet, path: path)
}
