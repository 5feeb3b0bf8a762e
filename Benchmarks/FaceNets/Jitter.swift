import Align
import FaceCore
import Foundation
import Media
import Networks

/// How much landmarks tremble on faces that stand still in noisy, compressed frames: the deviation of the
/// points over 24 frames, in percent of the distance of the eyes.
///
/// Ours are followed as in a video, each frame's square set by the landmarks of the last; dlib's box stays.
func jitter(weights path: String, folder: String) throws {
  let placer = try NetLandmarks(
    engine: try CPUEngine(threads: 1), weights: try readWeights(path, LandmarkNetwork.network))
  let all = try JSONDecoder().decode(
    [Annotated].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/annotations.json")))
  #if DLIB
    let predictor = try LandmarkPredictor()
  #endif
  var (ours, theirs): ([Double], [Double]) = ([], [])
  let grain = Grain(deviation: 4)
  for annotation in all
  where annotation.set != "aflw64" && annotation.file.utf8.reduce(0, { $0 + Int($1) }) % 8 == 0 {
    let (image, truth) = surroundings(
      of: annotation.landmarks68, in: try ImageFile.read(path: "\(folder)/\(annotation.file)"))
    var generator = SeededGenerator(seed: 5)
    var points = fivePoints(of: truth)
    var (mine, dlib): ([Landmarks], [Landmarks]) = ([], [])
    for _ in 0..<24 {
      let noisy = grain.added(to: image, using: &generator)
      let gray = GrayImage(try JPEG.decode(try JPEG.encode(noisy, quality: 60, sampling: .half)))
      let face = placer.face(in: gray, square: FaceSquare(around: points))
      points = fivePoints(of: face.landmarks)
      mine.append(face.landmarks)
      #if DLIB
        let box = truth.box
        let side = 1.02 * max(box.width, box.height)
        dlib.append(
          try predictor.landmarks(
            in: gray,
            box: Box(
              x: box.center.x - side / 2, y: box.center.y - side / 2, width: side, height: side)))
      #endif
    }
    let unit = Double(truth.interEyeDistance)
    // The first frames still come nearer.
    ours.append(deviation(Array(mine[4...])) / unit * 100)
    if !dlib.isEmpty { theirs.append(deviation(Array(dlib[4...])) / unit * 100) }
  }
  func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
  func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
  print(
    String(
      format: "%d faces: ours %.2f %% (median %.2f), dlib %.2f %% (median %.2f)", ours.count,
      mean(ours),
      median(ours), mean(theirs), median(theirs)))
}

/// As much of a picture as the networks look at, and the landmarks in it.
private func surroundings(
  of landmarks: Landmarks, in image: Image
) -> (image: Image, landmarks: Landmarks) {
  let box = landmarks.box
  let side = 3 * max(box.width, box.height)
  let left = max(0, Int(box.center.x - side / 2))
  let top = max(0, Int(box.center.y - side / 2))
  var part = Image(
    width: min(image.width - left, Int(side)), height: min(image.height - top, Int(side)))
  part.draw(image, x: -left, y: -top)
  return (part, landmarks.mapped(by: .translation(x: -Double(left), y: -Double(top))))
}

/// Gaussian noise from a table, whose length is prime, so that frames do not repeat.
private struct Grain {
  private let steps: [Int]

  init(deviation: Double) {
    var generator = SeededGenerator(seed: 6)
    steps = (0..<65_537).map { _ in Int((generator.nextGaussian() * deviation).rounded()) }
  }

  func added(to image: Image, using generator: inout SeededGenerator) -> Image {
    var place = Int.random(in: 0..<steps.count, using: &generator)
    let bytes = image.bytes.map { byte -> UInt8 in
      place = place + 1 == steps.count ? 0 : place + 1
      return UInt8(max(0, min(255, Int(byte) + steps[place])))
    }
    return Image(width: image.width, height: image.height, bytes: bytes)
  }
}

/// The root of the mean squared distance of the points from their means, in pixels.
private func deviation(_ frames: [Landmarks]) -> Double {
  var sum = 0.0
  for point in 0..<Landmarks.count {
    let xs = frames.map { Double($0[point].x) }
    let ys = frames.map { Double($0[point].y) }
    for values in [xs, ys] {
      let mean = values.reduce(0, +) / Double(values.count)
      sum += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    }
  }
  return (sum / Double(Landmarks.count)).squareRoot()
}
