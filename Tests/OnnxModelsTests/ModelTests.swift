import FaceCore
import Foundation
import Media
import OnnxModels
import TestSupport
import Testing

/// Networks that are run for real: the answers are constants, so they are known.
@Suite(.enabled(if: runtimeIsHere, noRuntime)) struct ModelTests {
  @Test(arguments: [
    ("scrfd", ModelKind.scrfd, PixelRange.signed), ("arcface", .arcface, .signed),
    ("arcface-bytes", .arcface, .bytes), ("landmarks68", .landmarks68, .unit),
    ("landmarks98", .landmarks98, .unit), ("landmarks106", .landmarks106, .signed),
    ("surface68", .landmarks68, .signed),
  ])
  func aKindIsKnownByItsShapes(name: String, kind: ModelKind, pixels: PixelRange) throws {
    let record = try TestStore().install(name)
    #expect(record.kind == kind && record.pixels == pixels)
  }

  @Test func aDetectorOfFixedSizeSeesTheWholePicture() throws {
    let store = try TestStore()
    try store.install("scrfd")
    let detector = try OnnxDetector(store.load("scrfd"))
    // 256 × 128 is seen as 64 × 32: four times as large as the network thinks.
    let faces = try detector.faces(in: Image(width: 256, height: 128), threshold: 0.5)
    let face = try #require(faces.first)
    #expect(faces.count == 1 && face.score == 0.75)
    #expect(face.box == Box(x: 64, y: 16, width: 96, height: 128))
    #expect(face.points?.all[1] == Point(x: 128, y: 64))
    #expect(try detector.faces(in: Image(width: 256, height: 128), threshold: 0.8).isEmpty)
  }

  @Test func anEmbeddingIsOfTheAlignedFace() throws {
    let store = try TestStore()
    try store.install("arcface")
    try store.install("arcface-bytes")
    let image = Image(width: 300, height: 200, red: 255, green: 0, blue: 0)
    let points = FivePoints(
      ArcFace.template.all.map(AffineTransform.translation(x: 40, y: 20).apply))
    let signed = try OnnxEmbedder(store.load("arcface")).embedding(of: image, points: points)
    let third = Float(1 / 3.0.squareRoot())
    for (found, truth) in zip(signed, [third, -third, -third, 0]) {
      #expect(abs(found - truth) < 1e-5)
    }
    #expect(signed.count == 512)
    // 155, -100, -100 of what reads bytes and subtracts 100.
    let bytes = try OnnxEmbedder(store.load("arcface-bytes")).embedding(of: image, points: points)
    #expect(abs(bytes[0] / bytes[1] + 1.55) < 1e-4)
  }

  @Test(arguments: [
    ("landmarks68", Array(0..<68), Float(1.1)), ("landmarks98", LandmarkNet.from98, 1.1),
    ("landmarks106", LandmarkNet.from106, 1.5), ("surface68", Array(0..<68), 1.5),
  ])
  func landmarksComeBackInPixelsOfThePicture(
    name: String, places: [Int], margin: Float
  ) throws {
    let store = try TestStore()
    try store.install(name)
    let landmarker = try OnnxLandmarker(store.load(name))
    let box = Box(x: 100, y: 50, width: 80, height: 60)
    let found = try landmarker.landmarks(in: gradient(width: 300, height: 200), box: box)
    let side = 80 * margin
    for (point, place) in zip(found.points, places) {
      let truth = Point(
        x: 140 - side / 2 + side * Float(place) / 128,
        y: 80 - side / 2 + side * (1 - Float(place) / 128))
      #expect(point.distance(to: truth) < 0.01, "\(place)")
    }
  }

  @Test func aNetworkForSomethingElseIsRefused() throws {
    let store = try TestStore()
    try store.install("arcface")
    #expect {
      _ = try OnnxDetector(store.load("arcface"))
    } throws: { error in
      "\(error)" == "arcface: a network of kind arcface is for embedding, not for detection"
    }
  }
}

/// YuNet itself, on annotated pictures.
@Suite(.enabled(if: runtimeIsHere && sharedFolder != nil, "needs ONNX Runtime and ../shared"))
struct YuNetTests {
  struct Annotation: Decodable {
    var file: String
    var set: String
    var landmarks68: Landmarks
  }

  @Test(arguments: ["helen_test", "aflw64", "ytf_test"])
  func annotatedFacesAreFoundWithTheirPoints(set: String) throws {
    let shared = try #require(sharedFolder)
    let folder = try TemporaryFolder()
    let store = ModelStore(folder: folder.path("models"))
    let record = try store.install(
      ModelInstallation(source: shared + "/models/yunet_n_dynamic.onnx"),
      runtime: testRuntime.get())
    #expect(record.kind == .yunet && record.name == "yunet_n_dynamic" && record.pixels == .bytes)
    let detector = try OnnxDetector(
      store.load("yunet_n_dynamic", runtime: testRuntime.get()))
    let all = try JSONDecoder().decode(
      [Annotation].self, from: bytes(of: shared + "/media/annotated/annotations.json"))
    let chosen = all.filter { $0.set == set }.enumerated().filter { $0.offset % 8 == 0 }
      .map(\.element)
    var (hits, errors): (Int, [Float]) = (0, [])
    for face in chosen {
      let image = try ImageFile.read(path: "\(shared)/media/annotated/\(face.file)")
      let found = try detector.faces(in: image)
      let best = found.max { overlap($0, face) < overlap($1, face) }
      guard let best, overlap(best, face) >= 0.35 else { continue }
      hits += 1
      let truth = FivePoints(of: face.landmarks68)
      let size = max(face.landmarks68.box.width, face.landmarks68.box.height)
      let points = try #require(best.points)
      errors.append(zip(points.all, truth.all).map { $0.distance(to: $1) }.reduce(0, +) / 5 / size)
    }
    try #require(!errors.isEmpty, "none found")
    let middle = errors.sorted()[errors.count / 2]
    print("YuNet on \(set): \(hits) of \(chosen.count) found, points off by \(middle) of the face")
    #expect(Double(hits) >= 0.95 * Double(chosen.count))
    #expect(middle < 0.06)
  }

  /// Overlap with the box of the landmarks and a forehead.
  private func overlap(_ found: DetectedFace, _ face: Annotation) -> Float {
    var box = face.landmarks68.box
    box.y -= 0.15 * box.height
    box.height *= 1.15
    return found.box.overlap(with: box)
  }
}
