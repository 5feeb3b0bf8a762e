import FaceCore
import Foundation
import OnnxModels
import Testing

@Suite struct DecodingTests {
  /// Outputs of YuNet for a picture of 96 × 64, all zero but one cell of a stride.
  func yunet(stride: Int, cell: Int, values: [String: [Float]]) -> [String: OnnxTensor] {
    var outputs: [String: OnnxTensor] = [:]
    for (kind, width) in [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)] {
      for level in [8, 16, 32] {
        let cells = (96 / level) * (64 / level)
        var numbers = [Float](repeating: 0, count: cells * width)
        if level == stride, let cellValues = values[kind] {
          numbers.replaceSubrange(cell * width..<(cell + 1) * width, with: cellValues)
        }
        outputs["\(kind)_\(level)"] = OnnxTensor(shape: [1, cells, width], values: numbers)
      }
    }
    return outputs
  }

  @Test func aYuNetCellIsAFaceAtItsPlace() throws {
    let outputs = yunet(
      stride: 16, cell: 8,  // Row 1, column 2 of 6 columns.
      values: [
        "cls": [0.81], "obj": [1.5], "bbox": [0.5, 0.25, log(2), log(3)],
        "kps": [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1],
      ])
    let faces = try YuNet.faces(in: outputs, width: 96, height: 64, threshold: 0.5)
    #expect(faces.count == 1)
    let face = try #require(faces.first)
    #expect(abs(face.score - 0.9) < 1e-6)  // √(0.81 · 1): what is more than sure is sure.
    let truth = Box(x: 40 - 16, y: 20 - 24, width: 32, height: 48)
    #expect(face.box.overlap(with: truth) > 0.9999)
    #expect(
      face.points?.all
        == [(32, 16), (48, 16), (40, 24), (32, 32), (48, 32)].map { Point(x: $0, y: $1) })
  }

  @Test func yunetOutputsOfAnotherSizeAreRefused() throws {
    let outputs = yunet(stride: 8, cell: 0, values: [:])
    #expect {
      try YuNet.faces(in: outputs, width: 64, height: 64, threshold: 0.5, name: "mine")
    } throws: { error in
      "\(error)".hasPrefix("mine: output cls_8 has not the 64×1 numbers")
    }
    #expect(throws: OnnxError.self) {
      try YuNet.faces(in: [:], width: 96, height: 64, threshold: 0.5)
    }
  }

  @Test(arguments: [1, 2])
  func anSCRFDAnchorIsAFaceAtItsPlace(anchors: Int) throws {
    func output(_ stride: Int, _ width: Int, _ values: [Float]) -> OnnxTensor {
      let rows = (96 / stride) * (64 / stride) * anchors
      var numbers = [Float](repeating: 0, count: rows * width)
      if stride == 32 {  // Row 1, column 2 of 3 columns, the last anchor.
        let row = (1 * 3 + 2) * anchors + anchors - 1
        numbers.replaceSubrange(row * width..<(row + 1) * width, with: values)
      }
      return OnnxTensor(shape: [rows, width], values: numbers)
    }
    let outputs =
      [8, 16, 32].map { output($0, 1, [0.7]) }
      + [8, 16, 32].map { output($0, 4, [1, 0.5, 0.25, 2]) }
      + [8, 16, 32].map { output($0, 10, [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1]) }
    let faces = try SCRFD.faces(in: outputs, width: 96, height: 64, threshold: 0.5)
    #expect(
      faces == [
        DetectedFace(
          box: Box(x: 64 - 32, y: 32 - 16, width: 40, height: 80), score: 0.7,
          points: FivePoints(
            [(64, 32), (96, 32), (80, 48), (64, 64), (96, 64)].map { Point(x: $0, y: $1) }))
      ])
    let without = try SCRFD.faces(
      in: Array(outputs.prefix(6)), width: 96, height: 64, threshold: 0.5)
    #expect(without.map(\.box) == faces.map(\.box) && without[0].points == nil)
    #expect(throws: OnnxError.self) {
      try SCRFD.faces(in: outputs, width: 128, height: 64, threshold: 0.5)
    }
    #expect(throws: OnnxError.self) {
      try SCRFD.faces(in: Array(outputs.prefix(5)), width: 96, height: 64, threshold: 0.5)
    }
  }

  @Test func ofOverlappingFacesTheSurestStays() {
    func face(_ x: Float, _ score: Float) -> DetectedFace {
      DetectedFace(box: Box(x: x, y: 0, width: 10, height: 10), score: score)
    }
    let endless = DetectedFace(
      box: Box(x: 0, y: 0, width: .infinity, height: 1), score: 1)
    let kept = DetectedFace.best(
      of: [face(0, 0.6), face(2, 0.9), face(20, 0.7), endless, face(20, 0.7)], overlap: 0.4)
    #expect(kept == [face(2, 0.9), face(20, 0.7)])
    // 8 of 12 pixels in common.
    #expect(DetectedFace.best(of: [face(0, 0.6), face(2, 0.9)], overlap: 0.7).count == 2)
  }

  @Test func aFaceOnTheTemplateIsCutAsItIs() {
    // The field's numbers, half a pixel on: centres lie at .5.
    #expect(ArcFace.template.all[0].distance(to: Point(x: 38.7946, y: 52.1963)) < 1e-4)
    #expect(ArcFace.template.all[4].distance(to: Point(x: 71.2299, y: 92.7041)) < 1e-4)
    let image = gradient(width: 112, height: 112)
    #expect(ArcFace.crop(of: image, points: ArcFace.template) == image)
  }

  @Test func aTurnedAndScaledFaceIsCutTheSame() {
    let image = gradient(width: 112, height: 112)
    let away = AffineTransform.scale(2).then(.rotation(0.3)).then(.translation(x: 90, y: 20))
    let seen = image.warped(by: away, width: 400, height: 400)
    let cut = ArcFace.crop(of: seen, points: FivePoints(ArcFace.template.all.map(away.apply)))
    // Inside, where nothing of the black around it is mixed in.
    for y in 8..<104 {
      for x in 8..<104 {
        let at = (y * 112 + x) * 3
        #expect(abs(Int(cut.bytes[at]) - Int(image.bytes[at])) <= 3)
      }
    }
  }

  @Test func anEmbeddingHasLengthOne() throws {
    let output = OnnxTensor(shape: [1, 4], values: [3, 0, -4, 0])
    #expect(try ArcFace.embedding(output) == [0.6, 0, -0.8, 0])
    for bad in [[0, 0], [.nan, 1], [.infinity, 1]] as [[Float]] {
      #expect(throws: OnnxError.self) {
        try ArcFace.embedding(OnnxTensor(shape: [1, 2], values: bad))
      }
    }
  }

  @Test(arguments: [LandmarkNet.from98, LandmarkNet.from106])
  func eachLandmarkHasAPointOfItsOwn(table: [Int]) {
    #expect(table.count == 68 && Set(table).count == 68)
  }

  /// WFLW's own mirror: jaw, brows, nose, eyes and mouth each go over into themselves or their like.
  @Test func the98PointsMirrorAsThe68Do() {
    var mirror = Array(0..<98)
    func pair(_ left: [Int], _ right: [Int]) {
      for (a, b) in zip(left, right) { (mirror[a], mirror[b]) = (b, a) }
    }
    pair(Array(0..<16), Array((17...32).reversed()))
    pair(Array(33...37), [46, 45, 44, 43, 42])
    pair([55, 56], [59, 58])
    pair([60, 61, 62, 63, 64, 65, 66, 67], [72, 71, 70, 69, 68, 75, 74, 73])
    pair([76, 77, 78, 87, 86], [82, 81, 80, 83, 84])
    pair([88, 89, 95], [92, 91, 93])
    for (index, other) in Landmarks.mirrorOrder.enumerated() {
      #expect(
        LandmarkNet.from98[other] == mirror[LandmarkNet.from98[index]], "\(index) and \(other)")
    }
  }

  @Test func landmarksOfTheWrongCountAreRefused() {
    let ten = OnnxTensor(shape: [1, 10], values: [Float](repeating: 0, count: 10))
    for kind in [ModelKind.landmarks68, .landmarks98, .landmarks106] {
      #expect(throws: OnnxError.self) {
        try LandmarkNet.landmarks(ten, kind: kind, side: 112)
      }
    }
  }
}
