import FaceCore
import Testing
import Trainer

struct ContactSheetTests {
  @Test func everyPictureLiesInItsCellAtItsSize() {
    let colors: [(UInt8, UInt8, UInt8)] = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    let images = colors.map { Image(width: 80, height: 40, red: $0, green: $1, blue: $2) }
    let sheet = ContactSheet.image(
      rows: [[images[0], images[1]], [images[2], images[3]]], width: 112, separator: 4)
    #expect(sheet.width == 112 && sheet.height == 3 * 4 + 2 * 25)
    for (place, color) in colors.enumerated() {
      let x = 4 + place % 2 * 54
      let y = 4 + place / 2 * 29
      for corner in [(x, y), (x + 49, y + 24)] {
        let at = (corner.1 * 112 + corner.0) * 3
        #expect(Array(sheet.bytes[at..<at + 3]) == [color.0, color.1, color.2])
      }
      let outside = (y * 112 + x - 1) * 3
      #expect(Array(sheet.bytes[outside..<outside + 3]) == [32, 32, 32])
    }
  }

  @Test func captionsAreReadableAndStayInTheirColumn() {
    let images = [Image(width: 40, height: 20), Image(width: 40, height: 20)]
    let plain = ContactSheet.image(rows: [images], width: 112)
    let sheet = ContactSheet.image(
      rows: [images], captions: ["Il", "swap 12.5 dB very long"], width: 112)
    #expect(sheet.height > plain.height)
    var text = ""
    for y in 4..<11 {
      for x in 4..<15 { text += sheet.bytes[(y * 112 + x) * 3] > 128 ? "#" : "." }
      text += "\n"
    }
    #expect(
      text == """
        .###..#....
        ..#...#....
        ..#...#....
        ..#...#....
        ..#...#....
        ..#...#....
        .###..#####

        """)
    for y in 0..<sheet.height { #expect(sheet.bytes[(y * 112 + 109) * 3] == 32) }
  }

  @Test func smallPicturesAreEnlarged() {
    let sheet = ContactSheet.image(
      rows: [[Image(width: 10, height: 10, red: 200, green: 10, blue: 10)]], width: 58)
    #expect(sheet.height == 58)
    let middle = (29 * 58 + 29) * 3
    #expect(sheet.bytes[middle] == 200)
  }
}
