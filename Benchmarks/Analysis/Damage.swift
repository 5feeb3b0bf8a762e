import Align
import FaceCore
import Foundation
import Media

private struct Annotated: Decodable {
  var file: String
  var set: String
  var landmarks68: Landmarks
}

/// What measures say of pictures that were damaged in a known way.
func benchDamage(folder: String) throws {
  let all = try JSONDecoder().decode(
    [Annotated].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/annotations.json")))
  let some = all.filter { $0.set == "helen_test" }
  let faces = try stride(from: 0, to: some.count, by: 8).map { index -> (Image, Landmarks) in
    let image = try ImageFile.read(path: "\(folder)/\(some[index].file)")
    return (image, some[index].landmarks68)
  }
  let scales = faces.map {
    cropTransform(landmarks: $0.1, size: 256, type: .full).meanScale
  }
  print(
    "pixels of the square for one of the picture:", String(format: "%.2f", quantile(scales, 0.5)))
  let occlusion = try OcclusionMeter()
  func row(_ name: String, _ damage: (Image) -> Image) {
    var values: [String: [Double]] = [:]
    for (image, landmarks) in faces {
      let damaged = damage(image)
      let (square, transform) = crop(damaged, landmarks: landmarks, type: .full, size: 256)
      let taken =
        cropMeasures(
          of: landmarks.mapped(by: transform), in: square, transform: transform,
          width: damaged.width, height: damaged.height, occlusion: occlusion)
        + frameMeasures(of: landmarks, in: GrayImage(damaged), transform: transform, size: 256)
      for measure in taken { values[measure.name, default: []].append(measure.value) }
    }
    let names = ["blur", "blur_angle", "noise", "upscaled", "blockiness", "interlaced"]
    let texts = names.map { name in
      let all = values[name] ?? []
      return name
        + String(
          format: " %.2f (%.2f to %.2f)", quantile(all, 0.5), quantile(all, 0.1), quantile(all, 0.9)
        )
    }
    print("\(name), \(faces.count) faces:", texts.joined(separator: ", "))
  }
  row("none") { $0 }
  for factor in [1.5, 2, 3] {
    row("upscaled \(factor)") { image in
      image.resized(
        width: Int(Double(image.width) / factor), height: Int(Double(image.height) / factor)
      ).resized(width: image.width, height: image.height)
    }
  }
  for sigma in [2.0, 5, 10] { row("noise \(sigma)") { noisy($0, sigma: sigma) } }
  for angle in [0.0, 30, 60, 90, 135] {
    for length in [6, 12] {
      row("motion \(length) px \(angle)°") { smeared($0, length: length, angle: angle) }
    }
  }
  for quality in [60, 30, 10] {
    row("JPEG \(quality)") { image in
      (try? JPEG.decode(JPEG.encode(image, quality: quality))) ?? image
    }
  }
  row("interlaced, moved by 6 px") { image in
    var result = image
    for y in stride(from: 1, to: image.height, by: 2) {
      for x in 0..<image.width * 3 {
        result.bytes[y * image.width * 3 + x] =
          image.bytes[y * image.width * 3 + min(image.width * 3 - 3 + x % 3, x + 18)]
      }
    }
    return result
  }
}

private func noisy(_ image: Image, sigma: Double) -> Image {
  var (generator, result) = (SeededGenerator(seed: 3), image)
  for pixel in 0..<image.width * image.height {
    let noise = sigma * generator.nextGaussian()
    for channel in 0..<3 {
      let value = Double(image.bytes[3 * pixel + channel]) + noise
      result.bytes[3 * pixel + channel] = UInt8(max(0, min(255, value + 0.5)))
    }
  }
  return result
}

/// Each pixel the mean of `length` along a direction, degrees counter-clockwise from image right.
private func smeared(_ image: Image, length: Int, angle: Double) -> Image {
  let (c, s) = (cos(angle * .pi / 180), -sin(angle * .pi / 180))
  let steps = 4 * length
  var sums = [Double](repeating: 0, count: image.bytes.count)
  for step in 0..<steps {
    let along = (Double(step) + 0.5) / 4 - Double(length) / 2
    let moved = image.warped(
      by: .translation(x: along * c, y: along * s), width: image.width, height: image.height,
      border: .replicate)
    for index in sums.indices { sums[index] += Double(moved.bytes[index]) }
  }
  return Image(
    width: image.width, height: image.height,
    bytes: sums.map { UInt8($0 / Double(steps) + 0.5) })
}
