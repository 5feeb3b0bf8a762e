import FaceCore
import FaceNetTraining
import Foundation
import Media
import Testing

private func expectEqual(_ portrait: Portrait, _ other: Portrait) {
  #expect(portrait.luma == other.luma && portrait.alpha == other.alpha)
  #expect(portrait.landmarks == other.landmarks && portrait.visible == other.visible)
  #expect(portrait.pose == other.pose && portrait.showsFace == other.showsFace)
  #expect(portrait.person == other.person)
}

/// A folder of its own, removed when `body` is done.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = temporaryPath()
  try FileManager.default.createDirectory(
    atPath: "\(folder)/more", withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }  // A leftover does no harm.
  try body(folder)
}

func writePNG(_ image: Image, _ path: String) throws {
  try Data(PNG.encode(image)).write(to: URL(fileURLWithPath: path))
}

@Suite struct PortraitFileTests {
  static let portraits = [
    spotted([3], pose: Pose(yaw: 4, pitch: 5, roll: 6), side: 9, person: 3),
    spotted([], side: 5, visible: (0..<68).map { $0 % 2 == 0 }, knowsPose: false, person: 1),
    spotted([30], side: 7, showsFace: false),
  ]

  @Test func portraitsSurviveAFile() throws {
    try inFolder { folder in
      for portraits in [PortraitFileTests.portraits, []] {
        try PortraitFile.write(portraits, to: "\(folder)/a")
        let found = try PortraitFile.read("\(folder)/a")
        #expect(found.count == portraits.count)
        for (one, other) in zip(found, portraits) { expectEqual(one, other) }
      }
    }
  }

  @Test func everyCutOffFileIsRefusedInOneLine() throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      try PortraitFile.write(Array(PortraitFileTests.portraits[1...]), to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for count in 0..<whole.count {
        try whole.prefix(count).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: FileError.self) { try PortraitFile.read(path) }
        #expect(error?.description == "\(path): not a file of portraits, or cut off")
      }
    }
  }

  @Test(arguments: [
    "", "[1]", "{}", #"[{"width":3}]"#, String(repeating: " ", count: 40),
  ])
  func aFileOfAnotherKindIsRefusedInOneLine(header: String) throws {
    try inFolder { folder in
      let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      try (length + Data(header.utf8)).write(to: URL(fileURLWithPath: "\(folder)/a"))
      #expect(throws: FileError.self) { try PortraitFile.read("\(folder)/a") }
    }
  }

  @Test(arguments: [(-9, -9), (0, 9), (Int.max, 3), (1 << 40, 1 << 40), (9, -1)])
  func aPictureOfImpossibleSizeIsRefused(width: Int, height: Int) throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      try PortraitFile.write([PortraitFileTests.portraits[0]], to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let length = whole.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = String(decoding: whole[8..<8 + length], as: UTF8.self)
        .replacingOccurrences(of: "\"width\":9", with: "\"width\":\(width)")
        .replacingOccurrences(of: "\"height\":9", with: "\"height\":\(height)")
      let altered =
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        + Data(header.utf8) + whole[(8 + length)...]
      try altered.write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self) { try PortraitFile.read(path) }
    }
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: (any Error).self) { try PortraitFile.read("/nowhere/a.bin") }
    #expect(error.map { "\($0)".contains("/nowhere/a.bin") } == true)
  }
}

@Suite struct PortraitFolderTests {
  struct Line: Encodable {
    var file: String
    var landmarks68: Landmarks
    var person: String?
  }

  static let landmarks = spotted([]).landmarks

  static func write(_ lines: [(String, String?)], in folder: String) throws -> String {
    let list = lines.map { Line(file: $0.0, landmarks68: landmarks, person: $0.1) }
    try JSONEncoder().encode(list).write(to: URL(fileURLWithPath: "\(folder)/list.json"))
    return "\(folder)/list.json"
  }

  @Test func picturesOfAListBecomePortraits() throws {
    try inFolder { folder in
      try writePNG(Image(width: 40, height: 60, red: 200, green: 200, blue: 200), "\(folder)/a.png")
      try writePNG(Image(width: 8, height: 8, red: 9, green: 9, blue: 9), "\(folder)/more/b.png")
      let list = try PortraitFolderTests.write(
        [("a.png", "zoe"), ("more/b.png", "ann"), ("a.png", nil), ("more/b.png", "zoe")],
        in: folder)
      let portraits = try PortraitFolder.read(list: list, firstPerson: 10)
      #expect(portraits.map(\.person) == [11, 10, 14, 11])
      #expect(portraits.map(\.luma.width) == [40, 8, 40, 8])
      #expect(portraits.allSatisfy { $0.pose == nil && $0.showsFace })
      #expect(portraits.allSatisfy { $0.landmarks == PortraitFolderTests.landmarks })
      #expect(portraits[0].luma.bytes.allSatisfy { $0 == 200 })
      // The rim fades, the middle is whole.
      let alpha = portraits[0].alpha
      #expect(alpha.bytes[30 * 40 + 20] == 255)
      #expect(alpha.bytes[0] < 255 && alpha.bytes[0] == alpha.bytes[40 * 60 - 1])
    }
  }

  @Test func whatIsNotWantedIsNotRead() throws {
    try inFolder { folder in
      try writePNG(Image(width: 8, height: 8, red: 9, green: 9, blue: 9), "\(folder)/a.png")
      let list = try PortraitFolderTests.write(
        [("a.png", "ann"), ("gone.png", "bob"), ("a.png", "cyd")], in: folder)
      let portraits = try PortraitFolder.read(list: list) { $0.person != "bob" }
      #expect(portraits.map(\.person) == [0, 1])
    }
  }

  @Test func aMissingPictureIsNamed() throws {
    try inFolder { folder in
      let list = try PortraitFolderTests.write([("gone.png", nil)], in: folder)
      let error = #expect(throws: (any Error).self) { try PortraitFolder.read(list: list) }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("\(folder)/gone.png") && !text.contains("\n"))
    }
  }
}

@Suite struct BackgroundTests {
  @Test func allPicturesOfAFolderAreReadInTheOrderOfTheirPaths() throws {
    try inFolder { folder in
      try writePNG(Image(width: 30, height: 20, red: 1, green: 1, blue: 1), "\(folder)/z.PNG")
      try writePNG(Image(width: 40, height: 20, red: 2, green: 2, blue: 2), "\(folder)/more/a.png")
      let jpeg = try JPEG.encode(Image(width: 50, height: 20, red: 3, green: 3, blue: 3))
      try Data(jpeg).write(to: URL(fileURLWithPath: "\(folder)/b.jpg"))
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/c.txt"))
      let backgrounds = try Backgrounds(folder: folder)
      #expect(backgrounds.pictures.map(\.width) == [50, 40, 30])
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/c.jpg"))
      let error = #expect(throws: (any Error).self) { try Backgrounds(folder: folder) }
      #expect(error.map { "\($0)".contains("c.jpg") } == true)
    }
  }

  @Test(arguments: [(2600, 1), (1, 2600), (2400, 1200), (1200, 3), (1, 1)])
  func aPictureOfAnySizeMakesASquare(width: Int, height: Int) throws {
    try inFolder { folder in
      try writePNG(
        Image(width: width, height: height, red: 90, green: 90, blue: 90), "\(folder)/a.png")
      let backgrounds = try Backgrounds(folder: folder)
      #expect(max(backgrounds.pictures[0].width, backgrounds.pictures[0].height) <= 1200)
      var generator = SeededGenerator(seed: 1)
      for _ in 0..<20 {
        let canvas = backgrounds.square(33, using: &generator)
        #expect(canvas.side == 33 && canvas.values.count == 33 * 33)
      }
    }
  }
}

@Suite struct SyntheticPortraitTests {
  static let portraits = SyntheticPortraits(people: 3, portraitsEach: 10, seed: 2)
    .rendered(threads: 1)

  @Test func portraitsAreTheSameForAnyNumberOfThreads() {
    let others = SyntheticPortraits(people: 3, portraitsEach: 10, seed: 2).rendered(threads: 3)
    #expect(others.count == 30)
    for (one, other) in zip(SyntheticPortraitTests.portraits, others) { expectEqual(one, other) }
    #expect(others.map(\.person) == (0..<30).map { $0 / 10 })
  }

  @Test func whatIsSeenOfAFaceBelongsToThePerson() {
    for portrait in SyntheticPortraitTests.portraits {
      let side = SyntheticPortraits.side
      #expect(portrait.luma.width == side && portrait.luma.height == side)
      for index in 17..<68 where portrait.visible[index] {
        // At the rim it may be a pixel off.
        let (x, y) = (Int(portrait.landmarks[index].x), Int(portrait.landmarks[index].y))
        let around = [-1, 0, 1].flatMap { row in
          [-1, 0, 1].map { portrait.alpha.bytes[(y + row) * side + x + $0] }
        }
        #expect(around.contains { $0 > 0 })
      }
      #expect(portrait.pose != nil)
      #expect(portrait.alpha.bytes[0] == 0 && portrait.alpha.bytes[side - 1] == 0)
    }
  }

  /// A head turned by more than a right angle and a little shows no face.
  @Test func aFaceIsShownWhereTheHeadLooksThisWay() {
    for portrait in SyntheticPortraitTests.portraits {
      let towardCamera = portrait.pose?.matrix[8] ?? 0
      #expect(portrait.showsFace == (towardCamera > -0.25))
      if !portrait.showsFace { #expect(!portrait.visible[30]) }
    }
  }

  @Test func progressCountsPeople() {
    let done = ProgressLog()
    _ = SyntheticPortraits(people: 2, portraitsEach: 0, seed: 1).rendered(threads: 2) {
      done.add($0.done, of: $0.total)
    }
    #expect(done.lines.sorted() == ["1/2", "2/2"])
  }
}
