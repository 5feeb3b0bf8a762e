public import FaceCore

/// How far the training has come, at a glance: a row for each face, columns source, its
/// reconstruction, target, its swap.
public enum PreviewSheet {
  /// One column: `[count, 3, resolution, resolution]`, sRGB, 0 to 1; values outside are cut.
  public struct Column: Sendable {
    public let faces: [Float]
    public init(_ faces: [Float]) { self.faces = faces }
  }

  /// The sheet, with thin gray lines around the faces.
  ///
  /// Traps unless every column holds `count` faces.
  ///
  /// - Parameters:
  ///   - scale: Pixels of the sheet for one of the network's.
  public static func image(
    columns: [Column], count: Int, resolution: Int, scale: Int = 1, separator: Int = 2
  ) -> Image {
    precondition(!columns.isEmpty && count > 0 && scale > 0, "a sheet shows something")
    let side = resolution * scale
    let pitch = side + separator
    var sheet = Image(
      width: columns.count * pitch + separator, height: count * pitch + separator,
      red: 96, green: 96, blue: 96)
    let size = 3 * resolution * resolution
    for (place, column) in columns.enumerated() {
      precondition(column.faces.count == count * size, "a column holds `count` faces")
      for row in 0..<count {
        let face = Image(planes: column.faces[row * size..<(row + 1) * size], side: resolution)
        let shown = scale == 1 ? face : face.resized(width: side, height: side)
        sheet.draw(shown, x: separator + place * pitch, y: separator + row * pitch)
      }
    }
    return sheet
  }
}

extension Image {
  /// From `[3, side, side]` floats, sRGB, 0 to 1; values outside are cut.
  package init(planes: ArraySlice<Float>, side: Int) {
    precondition(planes.count == 3 * side * side, "three planes of side × side")
    let area = side * side
    var bytes = [UInt8](repeating: 0, count: 3 * area)
    for channel in 0..<3 {
      for index in 0..<area {
        let value = planes[planes.startIndex + channel * area + index]
        bytes[3 * index + channel] = UInt8(max(0, min(1, value)) * 255 + 0.5)
      }
    }
    self.init(width: side, height: side, bytes: bytes)
  }

  /// `[3, height, width]` floats, sRGB, 0 to 1.
  package var planes: [Float] {
    let area = width * height
    var result = [Float](repeating: 0, count: 3 * area)
    for index in 0..<area {
      for channel in 0..<3 {
        result[channel * area + index] = Float(bytes[3 * index + channel]) * (1 / 255)
      }
    }
    return result
  }
}
