import FaceCore
import Foundation
import OnnxModels
import Testing

@Suite struct TensorTests {
  @Test func pixelsStandChannelByChannelInACorner() {
    let image = Image(width: 2, height: 1, bytes: [1, 2, 3, 4, 5, 6])
    let blueFirst = OnnxTensor(image, PixelLayout(.bytes, order: .bgr), width: 3, height: 2)
    #expect(blueFirst.shape == [1, 3, 2, 3])
    #expect(
      blueFirst.values == [3, 6, 0, 0, 0, 0] + [2, 5, 0, 0, 0, 0] + [1, 4, 0, 0, 0, 0])
    let redFirst = OnnxTensor(image, PixelLayout(.bytes))
    #expect(redFirst.values == [1, 4, 2, 5, 3, 6])
  }

  @Test func blackAndWhiteAreTheEndsOfTheRange() {
    let image = Image(width: 2, height: 1, bytes: [0, 0, 0, 255, 255, 255])
    #expect(OnnxTensor(image, PixelLayout(.unit)).values.prefix(2) == [0, 1])
    #expect(OnnxTensor(image, PixelLayout(.signed)).values.prefix(2) == [-1, 1])
    #expect(
      OnnxTensor(image, PixelLayout(.signed, half: 128)).values.prefix(2)
        == [-0.99609375, 0.99609375])
    // What is padded is black, too.
    let padded = OnnxTensor(image, PixelLayout(.signed), width: 3, height: 1)
    #expect(padded.values.prefix(3) == [-1, 1, -1])
  }

  @Test func rangesFollowFromKindAndGraph() {
    func range(_ kind: ModelKind, _ scales: Bool, _ width: Int? = nil) -> PixelRange {
      PixelRange(for: kind, scalesItself: scales, width: width)
    }
    #expect(range(.yunet, false) == .bytes)
    #expect(range(.scrfd, false) == .signed)
    #expect(range(.arcface, false) == .signed && range(.arcface, true) == .bytes)
    #expect(range(.landmarks106, true) == .bytes)
    #expect(range(.landmarks98, true, 196) == .unit)
    #expect(range(.landmarks68, true, 136) == .unit && range(.landmarks68, true, 3309) == .bytes)
  }
}
