import FaceCore
import Testing
import Trainer

struct PreviewSheetTests {
  @Test func everyFaceLiesInItsCell() {
    let faces = (0..<6).map { noiseImage(width: 8, height: 8, seed: UInt64($0)) }
    let columns = (0..<3).map { column in
      PreviewSheet.Column(faces[2 * column].planes + faces[2 * column + 1].planes)
    }
    let sheet = PreviewSheet.image(columns: columns, count: 2, resolution: 8, separator: 2)
    #expect(sheet.width == 32 && sheet.height == 22)
    for column in 0..<3 {
      for row in 0..<2 {
        let cell = sheet.warped(
          by: .translation(x: -Double(2 + column * 10), y: -Double(2 + row * 10)), width: 8,
          height: 8)
        #expect(cell == faces[2 * column + row])
      }
    }
    #expect(Array(sheet.bytes[0..<3]) == [96, 96, 96])
    let large = PreviewSheet.image(columns: columns, count: 2, resolution: 8, scale: 2)
    #expect(large.width == 3 * 18 + 2 && large.height == 2 * 18 + 2)
  }

  @Test func valuesOutsideOfTheRangeAreCut() {
    let planes: [Float] = [-3, 7, .nan]
    #expect(Image(planes: planes[...], side: 1).bytes == [0, 255, 255])
  }

  @Test func shrinkingIsTheMeanOfTheAreaCovered() {
    let image = Image(
      width: 3, height: 1, bytes: [0, 0, 0, 90, 90, 90, 240, 240, 240])
    // 1.5 pixels each: (0 + 45) / 1.5 and (45 + 240) / 1.5.
    #expect(image.shrunk(width: 2, height: 1).bytes == [30, 30, 30, 190, 190, 190])
    let flat = Image(width: 37, height: 23, red: 9, green: 200, blue: 77)
    #expect(
      flat.shrunk(width: 10, height: 7) == Image(width: 10, height: 7, red: 9, green: 200, blue: 77)
    )
  }
}
