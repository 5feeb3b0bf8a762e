// Faces found by the full search: recall and precision on annotated pictures and on rendered heads
// by yaw, and how far the landmarks lie from the annotated ones.
//
// usage: detection-benchmark FOLDER, which holds annotations.json and the pictures it names

import Align
import FaceCore
import Foundation
import Media
import SyntheticFaces

struct Annotation: Decodable {
  var file: String
  var set: String
  var landmarks68: Landmarks
}

/// Counts over some pictures.
struct Score {
  var faces = 0
  var found = 0
  /// Boxes that lie on no annotated face.
  var wrong = 0
  /// Mean distances of landmarks, in square roots of the face's box.
  var errors: [Float] = []

  mutating func add(_ seen: [AlignedFace], truth: [Landmarks]) {
    faces += truth.count
    var right = Set<Int>()
    for landmarks in truth {
      let box = faceBox(of: landmarks)
      let best = seen.indices.max {
        seen[$0].box.overlap(with: box) < seen[$1].box.overlap(with: box)
      }
      guard let best, seen[best].box.overlap(with: box) >= 0.35 else { continue }
      right.insert(best)
      found += 1
      let sum = zip(seen[best].landmarks.points, landmarks.points).reduce(Float(0)) {
        $0 + $1.0.distance(to: $1.1)
      }
      errors.append(sum / Float(Landmarks.count) / landmarks.box.area.squareRoot())
    }
    wrong += seen.count - right.count
  }

  /// One row of the table.
  func row(_ name: String) -> String {
    func percent(_ part: Int, _ whole: Int) -> String {
      whole == 0 ? "–" : String(format: "%.1f %%", 100 * Double(part) / Double(whole))
    }
    let middle = errors.isEmpty ? 0 : errors.sorted()[errors.count / 2]
    return "| \(name) | \(faces) | \(percent(found, faces)) | "
      + "\(percent(found, found + wrong)) | \(String(format: "%.1f %%", 100 * middle)) |"
  }
}

/// The box of the landmarks with 15 % more for the forehead.
func faceBox(of landmarks: Landmarks) -> Box {
  var box = landmarks.box
  box.y -= 0.15 * box.height
  box.height *= 1.15
  return box
}

func annotatedTable(_ folder: String, using aligner: FaceAligner) throws {
  let file = URL(fileURLWithPath: folder).appendingPathComponent("annotations.json")
  let all = try JSONDecoder().decode([Annotation].self, from: Data(contentsOf: file))
  var scores: [String: Score] = [:]
  for (picture, faces) in Dictionary(grouping: all, by: \.file).sorted(by: { $0.key < $1.key }) {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(picture)"))
    let seen = try aligner.faces(in: try JPEG.decode(Array(data), subject: picture))
    scores[faces[0].set, default: Score()].add(seen, truth: faces.map(\.landmarks68))
  }
  for (set, score) in scores.sorted(by: { $0.key < $1.key }) { print(score.row(set)) }
}

/// Eight people at each yaw, in chance light, pitch and size.
func renderedTable(using aligner: FaceAligner) throws {
  let renderers = (0..<8).map { FaceRenderer(head: FaceIdentity(name: "\($0)", seed: 300 + $0)) }
  var generator = SeededGenerator(seed: 1)
  func random(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
  for band in stride(from: 0, to: 90, by: 15) {
    var score = Score()
    for _ in 0..<5 {
      for renderer in renderers {
        let yaw = random(0...15) + Float(band)
        let pose = Pose(
          yaw: Double(Bool.random(using: &generator) ? yaw : -yaw), pitch: Double(random(-15...15)),
          roll: Double(random(-10...10)))
        let light = SceneLight(
          ambient: .init(0.2, 0.2, 0.2), sky: .init(0.1, 0.1, 0.1), keyAzimuth: random(-60...60),
          keyElevation: random(0...50), keyStrength: random(0.4...0.9))
        let frame = renderer.render(
          Scene(
            pose: pose, position: [0, 5, random(60...120)], light: light,
            camera: SceneCamera(width: 640, height: 480, focal: 900)))
        score.add(try aligner.faces(in: frame.image), truth: [frame.landmarks])
      }
    }
    print(score.row("rendered, yaw \(band) to \(band + 15)°"))
  }
}

var models = FaceModels.builtIn
#if DLIB
  if CommandLine.arguments.contains("--dlib") { models = .dlib(try LandmarkPredictor()) }
#endif
let aligner = try FaceAligner(models)
print("| faces | number | found | right of found | landmarks, median of the face's size |")
print("| --- | --- | --- | --- | --- |")
if CommandLine.arguments.count > 1 {
  try annotatedTable(CommandLine.arguments[1], using: aligner)
}
try renderedTable(using: aligner)
