import Align
import FaceCore
import Foundation
import SyntheticFaces

/// All that is told of a face from its decoded square, but for embeddings: on one thread.
func benchSpeed() throws {
  let occlusion = try OcclusionMeter()
  let renderer = FaceRenderer(head: .alice)
  let faces = (0..<16).map { index -> (Image, Landmarks) in
    let scene = Scene(
      pose: Pose(yaw: Double(index * 5 - 40), pitch: Double(index % 5 * 6 - 12), roll: 0),
      position: [0, 6, 60],
      light: SceneLight(
        ambient: .init(0.3, 0.3, 0.3), sky: .init(0.1, 0.1, 0.1), keyAzimuth: 40, keyElevation: 20,
        keyStrength: 0.5), camera: SceneCamera(width: 256, height: 256, focal: 500))
    let frame = renderer.render(scene)
    return (frame.image, frame.landmarks)
  }
  func rate(_ name: String, _ body: (Image, Landmarks) -> Void) {
    let best =
      (0..<3).map { _ -> Double in
        let start = ContinuousClock.now
        for round in 0..<20 { for face in faces where round >= 0 { body(face.0, face.1) } }
        return start.duration(to: .now) / .seconds(1)
      }.min() ?? 1
    print("\(name):", String(format: "%.0f faces/s", Double(20 * faces.count) / best))
  }
  rate("what covers it") { image, landmarks in
    _ = occlusion.share(of: landmarks, in: GrayImage(image))
  }
  rate("pose") { _, landmarks in _ = headPose(of: landmarks) }
  rate("light") { image, landmarks in
    _ = faceLight(of: landmarks, pose: .frontal, in: GrayImage(image))
  }
  rate("measures of face") { image, landmarks in
    _ = measures(of: landmarks, pose: .frontal, score: 0, in: image)
  }
  rate("measures of square") { image, landmarks in
    _ = cropMeasures(
      of: landmarks, in: image, transform: .identity, width: 256, height: 256,
      occlusion: occlusion)
  }
  rate("measures of frame") { image, landmarks in
    _ = frameMeasures(of: landmarks, in: GrayImage(image), transform: .identity, size: 256)
  }
  rate("all") { image, landmarks in
    let luma = GrayImage(image)
    let pose = headPose(of: landmarks)
    _ = faceLight(of: landmarks, pose: pose, in: luma)
    _ = measures(of: landmarks, pose: pose, score: 0, in: image)
    _ = cropMeasures(
      of: landmarks, in: image, transform: .identity, width: 256, height: 256,
      occlusion: occlusion)
    _ = frameMeasures(of: landmarks, in: luma, transform: .identity, size: 256)
  }
}
