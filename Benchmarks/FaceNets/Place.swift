import Align
import FaceCore
import Foundation
import Media
import Networks

struct Annotated: Decodable {
  var file: String
  var set: String
  var landmarks68: Landmarks
  var pose: [Double]?
}

struct Placing: Encodable {
  var file: String
  var set: String
  /// Distances of the 68 points from the annotated ones, in pixels: from the annotated face's square, and
  /// dlib's from the annotated face's box.
  var ours: [Float]
  var dlib: [Float]
  var visible: [Float]
  var spread: [Float]
  /// As the measures of these names.
  var doubt: Float
  var occluded: Double?
  /// Yaw, pitch and roll of the network's own pose, and of the fit to its landmarks; degrees.
  var pose: [Double]
  var fit: [Double]
}

/// Landmarks and poses of annotated faces, by the network and by dlib, as JSON.
func place(weights path: String, folder: String) throws {
  let engine = try CPUEngine(threads: 1)
  let placer = try NetLandmarks(
    engine: engine, weights: try readWeights(path, LandmarkNetwork.network))
  let all = try JSONDecoder().decode(
    [Annotated].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/annotations.json")))
  let meter = try OcclusionMeter()
  #if DLIB
    let predictor = try LandmarkPredictor()
  #endif
  func degrees(_ pose: Pose) -> [Double] { [pose.yaw, pose.pitch, pose.roll] }
  func distances(_ landmarks: Landmarks, _ truth: Landmarks) -> [Float] {
    zip(landmarks.points, truth.points).map { $0.distance(to: $1) }
  }
  let placings = try all.map { annotation in
    let gray = GrayImage(try ImageFile.read(path: "\(folder)/\(annotation.file)"))
    let truth = annotation.landmarks68
    // A detector's points: the annotated ones, each moved a little, the same for everyone.
    var generator = SeededGenerator(
      seed: 1, stream: UInt64(annotation.file.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xffff))
    let unit = 0.04 * FaceSquare(around: fivePoints(of: truth)).side / 3.2
    let points = fivePoints(of: truth).map {
      $0
        + Point(
          x: Float(generator.nextGaussian()) * unit, y: Float(generator.nextGaussian()) * unit)
    }
    let first = placer.face(in: gray, square: FaceSquare(around: points))
    let face = placer.face(in: gray, square: FaceSquare(around: fivePoints(of: first.landmarks)))
    var placing = Placing(
      file: annotation.file, set: annotation.set, ours: distances(face.landmarks, truth), dlib: [],
      visible: face.visible, spread: face.spread, doubt: face.doubt,
      occluded: meter.share(of: face.landmarks, in: gray), pose: degrees(face.pose),
      fit: degrees(headPose(of: face.landmarks)))
    #if DLIB
      // dlib's box reaches from the brows to the chin, a little wider than high.
      let box = truth.box
      let side = 1.02 * max(box.width, box.height)
      let square = Box(
        x: box.center.x - side / 2, y: box.center.y - side / 2 - 0.02 * side, width: side,
        height: side)
      placing.dlib = distances(try predictor.landmarks(in: gray, box: square), truth)
    #endif
    return placing
  }
  FileHandle.standardOutput.write(try JSONEncoder().encode(placings))
}

func readWeights(_ path: String, _ network: Network) throws -> Parameters {
  let (weights, _) = try Safetensors.read(path)
  let prefix = weights.entries.contains { $0.name.hasPrefix("mean/") } ? "mean/" : ""
  let parameters = Parameters(network.parameters)
  for entry in parameters.entries { parameters[entry.name] = weights[prefix + entry.name] }
  return parameters
}
