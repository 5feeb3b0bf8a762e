import Align
import FaceCore
import Foundation
import Testing

/// Decodes a picture by the ffmpeg command, for tests that use the pictures beside the project.
func picture(_ path: String, filter: String = "null") throws -> Image {
  func output(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }
  let data = try output(
    "/usr/bin/ffmpeg",
    ["-i", path, "-vf", filter, "-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", "-"])
  let header = data.prefix(40).split(separator: 10, maxSplits: 3)
  let size = String(decoding: header[1], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
  let start = data.count - size[0] * size[1] * 3
  return Image(width: size[0], height: size[1], bytes: [UInt8](data[start...]))
}

/// The pictures lie beside the project and are not part of it; ffmpeg decodes them.
let picturesAreHere =
  !Annotated.faces.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

let predictorIsHere = FileManager.default.fileExists(atPath: LandmarkPredictor.defaultPath)

@Suite struct DetectionTests {
  /// Loaded once for all tests.
  static let predictor = Result { try LandmarkPredictor() }

  /// Up to `count` annotated pictures of a set, evenly spread, as decoded files and landmarks.
  static func faces(_ set: String, count: Int) throws -> [(image: Image, landmarks: Landmarks)] {
    let all = Annotated.faces.filter { $0.set == set }
    let folder = try #require(sharedFile("media/annotated"))
    return try stride(from: 0, to: all.count, by: max(1, all.count / count)).map {
      (try picture("\(folder)/\(all[$0].file)"), all[$0].landmarks68)
    }
  }

  static func detection(of landmarks: Landmarks, in found: [Detection]) -> Detection? {
    found.max { $0.box.overlap(with: landmarks.box) < $1.box.overlap(with: landmarks.box) }
  }

  @Test(.enabled(if: picturesAreHere && predictorIsHere))
  func annotatedFacesAreFoundAndTheirLandmarksPlaced() throws {
    let detector = try FaceDetector()
    let predictor = try DetectionTests.predictor.get()
    let faces = try DetectionTests.faces("ytf_test", count: 40)
    var errors: [Float] = []
    for (image, truth) in faces {
      guard let found = DetectionTests.detection(of: truth, in: try detector.detections(in: image))
      else { continue }
      #expect(found.box.overlap(with: truth.box) > 0.3)
      let placed = try predictor.landmarks(in: image, box: found.box)
      let mean = zip(placed.points, truth.points).map { $0.distance(to: $1) }.reduce(0, +) / 68
      errors.append(mean / truth[36].distance(to: truth[45]))
    }
    #expect(errors.count * 10 >= faces.count * 9)
    #expect(errors.sorted()[errors.count / 2] < 0.059)
  }

  @Test(.enabled(if: picturesAreHere && predictorIsHere))
  func alignerIsDeterministicAndSharesItsPredictor() throws {
    let predictor = try DetectionTests.predictor.get()
    let (image, _) = try #require(try DetectionTests.faces("ytf_test", count: 1).first)
    let first = try FaceAligner(predictor: predictor)
    let second = try FaceAligner(predictor: predictor)
    let faces = try first.faces(in: image)
    #expect(!faces.isEmpty)
    #expect(try first.faces(in: image) == faces)
    #expect(try second.faces(in: image) == faces)
  }

  @Test(.enabled(if: picturesAreHere && predictorIsHere))
  func aFaceIsFoundAlikeInAPictureTwiceAsLarge() throws {
    let faces = try DetectionTests.faces("ytf_test", count: 4)
    let detector = try FaceDetector(options: .init(upsamplings: 2))
    let predictor = try DetectionTests.predictor.get()
    for (image, truth) in faces {
      let large = image.resized(width: image.width * 2, height: image.height * 2)
      let once = DetectionTests.detection(of: truth, in: try detector.detections(in: image))
      let twice = DetectionTests.detection(
        of: truth.mapped(by: .scale(2)), in: try detector.detections(in: large))
      guard let once, let twice else { continue }
      let small = try predictor.landmarks(in: image, box: once.box)
      let grown = try predictor.landmarks(in: large, box: twice.box).mapped(by: .scale(0.5))
      let mean = zip(small.points, grown.points).map { $0.distance(to: $1) }.reduce(0, +) / 68
      #expect(mean < 0.06 * small.interEyeDistance)
    }
  }

  @Test func nothingIsFoundInAnEmptyPicture() throws {
    let detector = try FaceDetector()
    let image = Image(width: 320, height: 200, red: 90, green: 120, blue: 200)
    #expect(try detector.detections(in: image).isEmpty)
    #expect(try detector.detections(in: Image(width: 1, height: 1)).isEmpty)
    #expect(try detector.detections(in: Image(width: 3000, height: 2)).isEmpty)
  }

  @Test func aMissingLandmarkFileSaysWhatToType() {
    let error = #expect(throws: AlignError.self) { try LandmarkPredictor(path: "/nowhere/a.dat") }
    #expect(error?.code == .missingModel)
    #expect(error?.description.contains("/nowhere/a.dat: ") == true)
    #expect(error?.description.contains("apt install libdlib-data") == true)
  }

  @Test(arguments: [0, 1, 100, 5000])
  func aBrokenLandmarkFileIsAnError(length: Int) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("landmarks-\(UUID().uuidString).dat").path
    defer { try? FileManager.default.removeItem(atPath: path) }  // best effort
    var generator = SeededGenerator(seed: UInt64(length))
    let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    let error = #expect(throws: AlignError.self) { try LandmarkPredictor(path: path) }
    #expect(error?.code == .badModel)
    #expect(error?.subject == path)
  }

  @Test(.enabled(if: predictorIsHere), arguments: [0.001, 0.1])
  func aTruncatedLandmarkFileIsAnError(part: Double) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: LandmarkPredictor.defaultPath))
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("landmarks-\(UUID().uuidString).dat").path
    defer { try? FileManager.default.removeItem(atPath: path) }  // best effort
    let kept = whole.prefix(Int(Double(whole.count) * part))
    #expect(FileManager.default.createFile(atPath: path, contents: kept))
    let error = #expect(throws: AlignError.self) { try LandmarkPredictor(path: path) }
    #expect(error?.code == .badModel)
  }
}
