import Align
import FaceCore
import Foundation
import TestSupport
import Testing

/// Decodes a picture by the ffmpeg command, for tests that use the pictures beside the project.
func picture(_ path: String, filter: String = "null") throws -> Image {
  let folder = try TemporaryFolder()
  let made = try Shell.run(
    "ffmpeg",
    [
      "-v", "error", "-i", path, "-vf", filter, "-frames:v", "1", "-c:v", "ppm",
      folder.path("p.ppm"),
    ])
  try #require(made.status == 0, "\(made.errors)")
  let data = try Data(contentsOf: folder.url.appending(path: "p.ppm"))
  let header = data.prefix(40).split(separator: 10, maxSplits: 3)
  let size = String(decoding: header[1], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
  let start = data.count - size[0] * size[1] * 3
  return Image(width: size[0], height: size[1], bytes: [UInt8](data[start...]))
}

/// The pictures lie beside the project and are not part of it; ffmpeg decodes them.
let picturesAreHere =
  !Annotated.faces.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

extension Annotated {
  /// Up to `count` annotated pictures of a set, evenly spread, as decoded files and landmarks.
  static func pictures(
    _ set: String, count: Int, where isWanted: (Annotated) -> Bool = { _ in true }
  ) throws -> [(image: Image, landmarks: Landmarks)] {
    let all = faces.filter { $0.set == set && isWanted($0) }
    let folder = try #require(sharedFile("media/annotated"))
    return try stride(from: 0, to: all.count, by: max(1, all.count / count)).map {
      (try picture("\(folder)/\(all[$0].file)"), all[$0].landmarks68)
    }
  }
}

/// What finds faces, for tests that hold for all that does: the built-in networks, and dlib where it is
/// built in and has its file.
let allModels: [NamedModels] = {
  #if DLIB
    if let predictor = try? DlibTests.predictor.get() {
      return [
        NamedModels(testDescription: "built in", models: .builtIn),
        NamedModels(testDescription: "dlib", models: .dlib(predictor)),
      ]
    }
  #endif
  return [NamedModels(testDescription: "built in", models: .builtIn)]
}()

struct NamedModels: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let models: FaceModels
}

/// The mean distance of the points, in pixels.
func meanDistance(_ landmarks: Landmarks, _ other: Landmarks) -> Float {
  zip(landmarks.points, other.points).map { $0.distance(to: $1) }.reduce(0, +)
    / Float(Landmarks.count)
}
