import Align
import FaceCore
import Foundation
import SyntheticFaces

/// A rendered face in a frame of 480 × 480 pixels, with its exact landmarks.
struct RenderedFace: Sendable {
  let image: Image
  let landmarks: Landmarks

  static let plain = RenderedFace(
    pose: Pose(yaw: 12, pitch: 3, roll: 5),
    light: SceneLight(
      ambient: .init(0.3, 0.3, 0.3), sky: .init(0.1, 0.1, 0.1), keyAzimuth: 30, keyElevation: 20,
      keyStrength: 0.4))

  init(pose: Pose, light: SceneLight) {
    var scene = Scene(
      pose: pose, position: [0, 6, 70], light: light,
      camera: SceneCamera(width: 480, height: 480, focal: 1000))
    scene.grain = 0
    let frame = FaceRenderer(head: .bob).render(scene)
    (image, landmarks) = (frame.image, frame.landmarks)
  }

  init(image: Image, landmarks: Landmarks) { (self.image, self.landmarks) = (image, landmarks) }

  var mirrored: RenderedFace {
    RenderedFace(image: image.mirrored(), landmarks: landmarks.mirrored(width: Float(image.width)))
  }

  /// The same face in another picture.
  func with(_ change: (Image) -> Image) -> RenderedFace {
    RenderedFace(image: change(image), landmarks: landmarks)
  }

  /// All measures, the frame's and those of the square, by name.
  var measures: [String: Double] {
    let (square, transform) = Align.crop(image, landmarks: landmarks, type: .full, size: 256)
    let pose = headPose(of: landmarks)
    let all =
      Align.measures(of: landmarks, pose: pose, score: 0, in: image)
      + cropMeasures(
        of: landmarks.mapped(by: transform), in: square, transform: transform,
        width: image.width, height: image.height, occlusion: occlusionMeter)
      + frameMeasures(of: landmarks, in: GrayImage(image), transform: transform, size: 256)
    return Dictionary(all.map { ($0.name, $0.value) }) { first, _ in first }
  }
}

extension Image {
  /// Each pixel the mean of `length` pixels along a direction, degrees counter-clockwise from image
  /// right.
  func smeared(length: Int, angle: Double) -> Image {
    let (c, s) = (cos(angle * .pi / 180), -sin(angle * .pi / 180))
    var sums = [Double](repeating: 0, count: bytes.count)
    for step in 0..<4 * length {
      let along = (Double(step) + 0.5) / 4 - Double(length) / 2
      let moved = warped(
        by: .translation(x: along * c, y: along * s), width: width, height: height,
        border: .replicate)
      for index in sums.indices { sums[index] += Double(moved.bytes[index]) }
    }
    return Image(
      width: width, height: height, bytes: sums.map { UInt8($0 / Double(4 * length) + 0.5) })
  }

  /// With the same normal deviation in all channels of a pixel.
  func noisy(_ deviation: Double) -> Image {
    var (generator, result) = (SeededGenerator(seed: 3), self)
    for pixel in 0..<width * height {
      let noise = deviation * generator.nextGaussian()
      for channel in 0..<3 {
        let value = Double(bytes[3 * pixel + channel]) + noise
        result.bytes[3 * pixel + channel] = UInt8(max(0, min(255, value + 0.5)))
      }
    }
    return result
  }

  /// With linear light times a factor of each channel.
  func exposed(_ red: Double, _ green: Double, _ blue: Double) -> Image {
    var result = self
    let tables = [red, green, blue].map { gain in
      (0..<256).map { code -> UInt8 in
        let value = Double(code) / 255
        let linear = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        let scaled = min(1, linear * gain)
        let back = scaled <= 0.0031308 ? scaled * 12.92 : 1.055 * pow(scaled, 1 / 2.4) - 0.055
        return UInt8(back * 255 + 0.5)
      }
    }
    for index in bytes.indices { result.bytes[index] = tables[index % 3][Int(bytes[index])] }
    return result
  }
}
