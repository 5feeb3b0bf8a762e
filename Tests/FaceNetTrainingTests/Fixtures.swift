import Align
import FaceCore
import FaceNetTraining
import Foundation
import Synchronization

/// A dark picture of the mean head with a light spot at each of some landmarks.
func spotted(
  _ spots: [Int], pose: Pose = .frontal, side: Int = 240, visible: [Bool]? = nil,
  knowsPose: Bool = true, showsFace: Bool = true, person: Int = 0
) -> Portrait {
  let landmarks = HeadModel.landmarks(
    pose: pose, scale: Double(side) / 400,
    center: Point(x: 0.47 * Float(side), y: 0.45 * Float(side)))
  var canvas = Canvas(side: side, level: 0.1)
  for spot in spots {
    canvas.fill(ellipse: landmarks[spot], radii: (3, 3), angle: 0, level: 1)
  }
  return Portrait(
    luma: canvas.picture,
    alpha: GrayImage(
      width: side, height: side, bytes: [UInt8](repeating: 255, count: side * side)),
    landmarks: landmarks, visible: visible ?? [Bool](repeating: true, count: Landmarks.count),
    pose: knowsPose ? pose : nil, showsFace: showsFace, person: person)
}

/// Where the light of a canvas is, in pixels.
func spot(in canvas: Canvas) -> Point {
  let most = canvas.values.max() ?? 0
  var (sum, total) = (Point(x: 0, y: 0), Float(0))
  for (index, value) in canvas.values.enumerated() where value > 0.6 * most {
    let weight = value - 0.6 * most
    let (x, y) = (Float(index % canvas.side) + 0.5, Float(index / canvas.side) + 0.5)
    sum = sum + Point(x: x, y: y) * weight
    total += weight
  }
  return sum * (1 / total)
}

/// A path of its own in the folder for temporary files.
func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
}

let noBackgrounds = Backgrounds(pictures: [])

/// What was reported of progress, from any thread.
final class ProgressLog: Sendable {
  private let all = Mutex<[String]>([])
  var lines: [String] { all.withLock { $0 } }
  func add(_ done: Int, of total: Int?) { all.withLock { $0.append("\(done)/\(total ?? 0)") } }
}
