#if DLIB
  import Align
  import FaceCore
  import Foundation
  import Testing

  let predictorIsHere = FileManager.default.fileExists(atPath: LandmarkPredictor.defaultPath)

  @Suite struct DlibTests {
    /// Loaded once for all tests.
    static let predictor = Result { try LandmarkPredictor() }

    static func detection(of landmarks: Landmarks, in found: [Detection]) -> Detection? {
      found.max { $0.box.overlap(with: landmarks.box) < $1.box.overlap(with: landmarks.box) }
    }

    @Test(.enabled(if: picturesAreHere && predictorIsHere))
    func annotatedFacesAreFoundAndTheirLandmarksPlaced() throws {
      let detector = try FaceDetector()
      let predictor = try DlibTests.predictor.get()
      let faces = try Annotated.pictures("ytf_test", count: 40)
      var errors: [Float] = []
      for (image, truth) in faces {
        guard let found = DlibTests.detection(of: truth, in: try detector.detections(in: image))
        else { continue }
        #expect(found.box.overlap(with: truth.box) > 0.3)
        let placed = try predictor.landmarks(in: image, box: found.box)
        errors.append(meanDistance(placed, truth) / truth[36].distance(to: truth[45]))
      }
      #expect(errors.count * 10 >= faces.count * 9)
      #expect(errors.sorted()[errors.count / 2] < 0.059)
    }

    @Test(.enabled(if: picturesAreHere && predictorIsHere))
    func aFaceIsFoundAlikeInAPictureTwiceAsLarge() throws {
      let faces = try Annotated.pictures("ytf_test", count: 4)
      let detector = try FaceDetector(options: .init(upsamplings: 2))
      let predictor = try DlibTests.predictor.get()
      for (image, truth) in faces {
        let large = image.resized(width: image.width * 2, height: image.height * 2)
        let once = DlibTests.detection(of: truth, in: try detector.detections(in: image))
        let twice = DlibTests.detection(
          of: truth.mapped(by: .scale(2)), in: try detector.detections(in: large))
        guard let once, let twice else { continue }
        let small = try predictor.landmarks(in: image, box: once.box)
        let grown = try predictor.landmarks(in: large, box: twice.box).mapped(by: .scale(0.5))
        #expect(meanDistance(small, grown) < 0.06 * small.interEyeDistance)
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
      let error = #expect(throws: AlignError.self) {
        try LandmarkPredictor(path: "/nowhere/a.dat")
      }
      #expect(error?.code == .missingModel)
      #expect(error?.description.contains("/nowhere/a.dat: ") == true)
      #expect(error?.description.contains("apt install libdlib-data") == true)
    }

    /// A file of that content, removed when `body` is done.
    private func withFile(_ content: Data, _ body: (String) throws -> Void) throws {
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("landmarks-\(UUID().uuidString).dat").path
      defer { try? FileManager.default.removeItem(atPath: path) }  // best effort
      #expect(FileManager.default.createFile(atPath: path, contents: content))
      try body(path)
    }

    @Test(arguments: [0, 1, 100, 5000])
    func aBrokenLandmarkFileIsAnError(length: Int) throws {
      var generator = SeededGenerator(seed: UInt64(length))
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      try withFile(Data(bytes)) { path in
        let error = #expect(throws: AlignError.self) { try LandmarkPredictor(path: path) }
        #expect(error?.code == .badModel)
        #expect(error?.subject == path)
      }
    }

    @Test(.enabled(if: predictorIsHere), arguments: [0.001, 0.1])
    func aTruncatedLandmarkFileIsAnError(part: Double) throws {
      let whole = try Data(contentsOf: URL(fileURLWithPath: LandmarkPredictor.defaultPath))
      try withFile(whole.prefix(Int(Double(whole.count) * part))) { path in
        let error = #expect(throws: AlignError.self) { try LandmarkPredictor(path: path) }
        #expect(error?.code == .badModel)
      }
    }
  }
#endif
