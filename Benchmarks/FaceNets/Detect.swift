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
  let (weights, _) = try Safetensors.read(path)
  let prefix = weights.entries.contains { $0.name.hasPrefix("mean/") } ? "mean/" : ""
  let network = DetectorNetwork.network(width: 32, height: 32)
  let parameters = Parameters(network.parameters)
  for entry in parameters.entries { parameters[entry.name] = weights[prefix + entry.name] }
  let detector = NetDetector(engine: try CPUEngine(threads: 1), weights: parameters)
  #if DLIB
  let dlib = try FaceDetector(options: .init(threshold: -0.5, upsamplings: 1, longestSide: side))
  #endif
  let files = try JSONDecoder().decode(
    [String].self, from: Data(contentsOf: URL(fileURLWithPath: list)))
  let withDlib = CommandLine.arguments.contains("--dlib")
  let findings = try files.map { file in
    let gray = GrayImage(try ImageFile.read(path: file))
    let ours = try detector.faces(in: gray, longestSide: side, threshold: 0.02)
    var finding = Finding(
      file: file,
      ours: ours.map { [$0.box.x, $0.box.y, $0.box.width, $0.box.height, $0.probability] }, dlib: [])
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
