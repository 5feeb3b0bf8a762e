import Align
import FaceCore
import Foundation
import Media
import Networks

struct Finding: Encodable {
  var file: String
  /// x, y, width, height, score.
  var ours: [[Float]]
  var dlib: [[Float]]
}

/// What both detectors find in the pictures of a JSON list of paths, as JSON.
func detect(weights path: String, list: String, side: Int) throws {
  let parameters = try readWeights(path, DetectorNetwork.network(width: 32, height: 32))
  let detector = NetDetector(engine: try CPUEngine(threads: 1), weights: parameters)
  #if DLIB
    let dlib = try FaceDetector(options: .init(threshold: -0.5, upsamplings: 1, longestSide: side))
  #endif
  let at = CommandLine.arguments.firstIndex(of: "--landmarks")
  let placer = try at.map {
    try NetLandmarks(
      engine: try CPUEngine(threads: 1),
      weights: try readWeights(CommandLine.arguments[$0 + 1], LandmarkNetwork.network))
  }
  let files = try JSONDecoder().decode(
    [String].self, from: Data(contentsOf: URL(fileURLWithPath: list)))
  let withDlib = CommandLine.arguments.contains("--dlib")
  let findings = try files.map { file in
    let gray = GrayImage(try ImageFile.read(path: file))
    let ours = try detector.faces(in: gray, longestSide: side, threshold: 0.2)
    var finding = Finding(
      file: file,
      ours: ours.map { face in
        let square = FaceSquare(around: face.points)
        let score = placer.map { face.evidence($0.face(in: gray, foundIn: square)) }
        return [
          face.box.x, face.box.y, face.box.width, face.box.height, score ?? face.probability,
        ]
      }, dlib: [])
    #if DLIB
      if withDlib {
        finding.dlib = try dlib.detections(in: gray).map {
          [$0.box.x, $0.box.y, $0.box.width, $0.box.height, $0.score]
        }
      }
    #endif
    return finding
  }
  FileHandle.standardOutput.write(try JSONEncoder().encode(findings))
}
