public import FaceCore

/// Frames side by side for a look at the whole: a row for each moment, a column for each version,
/// such as target, swap and truth.
public enum ContactSheet {
  /// The sheet, `width` pixels wide.
  ///
  /// Every picture is scaled to its column's width; a row is as high as its highest picture.
  ///
  /// - Parameters:
  ///   - rows: Each with one picture for each caption, or with as many as the first if there are
  ///     no captions. Traps otherwise, and when there are none.
  ///   - captions: Above the columns. Letters, digits and `. - : % / + ( )`; others are blank.
  ///   - separator: Pixels of gray between the pictures.
  public static func image(
    rows: [[Image]], captions: [String] = [], width: Int, separator: Int = 4
  ) -> Image {
    let columns = captions.isEmpty ? rows.first?.count ?? 0 : captions.count
    precondition(columns > 0 && !rows.isEmpty, "a sheet shows something")
    precondition(rows.allSatisfy { $0.count == columns }, "a picture for each column")
    let cell = (width - separator * (columns + 1)) / columns
    precondition(cell > 0, "the sheet is wide enough for its columns")
    let scaled = rows.map { row in row.map { fitted($0, width: cell) } }
    let heights = scaled.map { row in row.map(\.height).max() ?? 0 }
    let textScale = max(1, cell / 160)
    let head = captions.isEmpty ? 0 : PixelFont.height * textScale + separator
    let height = heights.reduce(separator + head) { $0 + $1 + separator }
    var sheet = Image(width: width, height: height, red: 32, green: 32, blue: 32)
    for (column, caption) in captions.enumerated() {
      sheet.draw(
        caption, x: separator + column * (cell + separator), y: separator, scale: textScale,
        limit: cell)
    }
    var y = separator + head
    for (row, height) in zip(scaled, heights) {
      for (column, image) in row.enumerated() {
        sheet.draw(image, x: separator + column * (cell + separator), y: y)
      }
      y += height + separator
    }
    return sheet
  }

  private static func fitted(_ image: Image, width: Int) -> Image {
    let height = max(1, (image.height * width + image.width / 2) / image.width)
    return width <= image.width && height <= image.height
      ? image.shrunk(width: width, height: height) : image.resized(width: width, height: height)
  }
}
