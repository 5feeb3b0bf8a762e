import Foundation

/// Reads rows as `CanonicalJSON` writes them: the same keys in the same order, no spaces.
///
/// Ten times as fast as `JSONDecoder`, which takes what this one does not know. A row it does read is the
/// one that `JSONDecoder` would.
package struct ManifestRowReader {
  /// What is not as expected; `JSONDecoder` finds out whether it is wrong.
  struct Unusual: Error {}

  let bytes: [UInt8]
  /// Where reading goes on, and where the line ends.
  var (place, end) = (0, 0)
  /// Most rows have the same augmentation.
  private var augmentations: [ArraySlice<UInt8>: ManifestRow.Augmentation] = [:]

  /// `bytes` holds all lines.
  package init(of bytes: [UInt8]) { self.bytes = bytes }

  /// The row in a line; nil where it is not written as expected.
  package mutating func row(in line: Range<Int>) -> ManifestRow? {
    (place, end) = (line.lowerBound, line.upperBound)
    guard let row = try? wholeRow(), place == end else { return nil }  // The decoder says why.
    return row
  }

  private mutating func wholeRow() throws -> ManifestRow {
    try expect("{\"augmentation\":")
    let augmentation = try augmentation()
    let cell = try text(after: ",\"cell\":")
    let crop = try crop()
    let frame = try frame()
    let id = try text(after: ",\"id\":")
    let identity = try text(after: ",\"identity\":")
    try expect(",\"landmarks\":[")
    let landmarks = try landmarks()
    let light = try light()
    let pose = try pose()
    let quality = try quality()
    guard let side = Side(rawValue: try text(after: ",\"side\":")),
      let split = ManifestRow.Split(rawValue: try text(after: ",\"split\":"))
    else { throw Unusual() }
    let weight = try number(after: ",\"weight\":")
    let why = try text(after: ",\"why\":")
    try expect("}")
    return ManifestRow(
      id: id, identity: identity, side: side, split: split, crop: crop, frame: frame,
      landmarks: landmarks, pose: pose, light: light, quality: quality, cell: cell,
      weight: weight, augmentation: augmentation, why: why)
  }

  private mutating func augmentation() throws -> ManifestRow.Augmentation {
    let start = place
    var depth = 0
    repeat {
      switch try next() {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        place -= 1
        _ = try text()
      default: break
      }
    } while depth > 0
    let written = bytes[start..<place]
    if let known = augmentations[written] { return known }
    let read = try JSONDecoder().decode(ManifestRow.Augmentation.self, from: Data(written))
    augmentations[written] = read
    return read
  }

  private mutating func crop() throws -> ManifestRow.Crop {
    let faceType = try text(after: ",\"crop\":{\"face_type\":")
    try expect(",\"matrix\":")
    let matrix = try numbers(6)
    let name = try text(after: ",\"name\":")
    let sha256 = try text(after: ",\"sha256\":")
    let size: Int = try whole(after: ",\"size\":")
    try expect("}")
    return ManifestRow.Crop(
      name: name, sha256: sha256, size: size, faceType: faceType,
      matrix: AffineTransform(
        a: matrix[0], b: matrix[1], tx: matrix[2], c: matrix[3], d: matrix[4], ty: matrix[5]))
  }

  private mutating func frame() throws -> ManifestRow.Frame {
    let ordinal: Int = try whole(after: ",\"frame\":{\"ordinal\":")
    let denominator: Int32 = try whole(after: ",\"time\":{\"denominator\":")
    let numerator: Int32 = try whole(after: ",\"numerator\":")
    let ticks: Int64 = try whole(after: ",\"ticks\":")
    let video = try text(after: "},\"video\":")
    try expect("}")
    return ManifestRow.Frame(
      video: video,
      time: Timestamp(ticks: ticks, numerator: numerator, denominator: denominator),
      ordinal: ordinal)
  }

  private mutating func landmarks() throws -> Landmarks {
    var points: [Point] = []
    points.reserveCapacity(Landmarks.count)
    for index in 0..<Landmarks.count {
      try expect(index == 0 ? "[" : ",[")
      let x = try float()
      try expect(",")
      points.append(Point(x: x, y: try float()))
      try expect("]")
    }
    try expect("]")
    return Landmarks(points)
  }

  private mutating func light() throws -> Light? {
    let start = place
    guard (try? expect(",\"light\":")) != nil else {  // It may be absent.
      place = start
      return nil
    }
    try expect("{\"harmonics\":[")
    var harmonics: [Float] = []
    for index in 0..<9 {
      if index > 0 { try expect(",") }
      harmonics.append(try float())
    }
    try expect("]}")
    return Light(harmonics: harmonics)
  }

  private mutating func pose() throws -> Pose {
    let w = try number(after: ",\"pose\":{\"w\":")
    let x = try number(after: ",\"x\":")
    let y = try number(after: ",\"y\":")
    let z = try number(after: ",\"z\":")
    try expect("}")
    return Pose(asWritten: (w, x, y, z))
  }

  private mutating func quality() throws -> [String: Double] {
    try expect(",\"quality\":{")
    var quality: [String: Double] = [:]
    while place < end, bytes[place] != UInt8(ascii: "}") {
      if !quality.isEmpty { try expect(",") }
      let name = try text()
      guard quality.updateValue(try number(after: ":"), forKey: name) == nil else {
        throw Unusual()
      }
    }
    try expect("}")
    return quality
  }
}
