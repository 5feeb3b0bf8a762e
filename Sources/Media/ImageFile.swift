import CImageCodecs
public import FaceCore

/// Pictures as files.
public enum ImageFile {
  /// Bytes beyond which a file is taken for no picture.
  private static let sizeLimit = 1 << 30

  /// Reads JPEG or PNG, told apart by their first bytes.
  ///
  /// Throws when the file is missing, no picture, damaged or too large.
  public static func read(path: String) throws(MediaError) -> Image {
    try decode(FileChecks.bytes(of: path, limit: sizeLimit), subject: path)
  }

  /// Decodes JPEG or PNG, told apart by their first bytes.
  public static func decode(
    _ bytes: [UInt8], subject: String = "image data"
  ) throws(MediaError) -> Image {
    switch try format(of: bytes, subject: subject) {
    case .jpeg: try JPEG.decode(bytes, subject: subject)
    case .png: try PNG.decode(bytes, subject: subject)
    }
  }

  /// Decodes JPEG or PNG as something not larger than it need be for its shorter side to have `side`
  /// pixels.
  ///
  /// A JPEG comes as a half, a quarter or an eighth where that is enough, a PNG whole.
  public static func decode(
    _ bytes: [UInt8], atLeast side: Int, subject: String = "image data"
  ) throws(MediaError) -> ReducedImage {
    switch try format(of: bytes, subject: subject) {
    case .jpeg: try JPEG.decode(bytes, atLeast: side, subject: subject)
    case .png: ReducedImage(try PNG.decode(bytes, subject: subject))
    }
  }

  /// Upright width and height in pixels, without decoding.
  public static func size(path: String) throws(MediaError) -> (width: Int, height: Int) {
    let bytes = try FileChecks.bytes(of: path, limit: sizeLimit)
    let header =
      switch try format(of: bytes, subject: path) {
      case .jpeg: try ImageHeader(of: bytes, subject: path, read: ci_jpeg_header)
      case .png: try ImageHeader(of: bytes, subject: path, read: ci_png_header)
      }
    return header.upright
  }

  /// Writes PNG or JPEG (quality 95, 4:4:4) by the name's ending.
  ///
  /// The file is whole or absent. `xmp` is a packet of metadata, which goes where the XMP Specification, part 3,
  /// says; traps on one of more than 65 000 bytes.
  public static func write(_ image: Image, path: String, xmp: String? = nil) throws(MediaError) {
    switch PendingFile.fileExtension(of: path) {
    case "png":
      let texts = xmp.map { [PNG.Text(keyword: "XML:com.adobe.xmp", text: $0)] }
      try write(PNG.encode(image, texts: texts ?? []), path: path)
    case "jpg", "jpeg": try write(marked(JPEG.encode(image), xmp: xmp), path: path)
    default:
      throw MediaError(
        code: .unsupported, subject: path, reason: "a picture's name ends in .png or .jpg")
    }
  }

  /// The segment APP1 goes behind the start of the picture.
  private static func marked(_ jpeg: [UInt8], xmp: String?) -> [UInt8] {
    guard let xmp else { return jpeg }
    let body = Array("http://ns.adobe.com/xap/1.0/\0\(xmp)".utf8)
    let length = body.count + 2
    precondition(length <= 65_000, "a packet of \(length) bytes for one segment of JPEG")
    return jpeg.prefix(2) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body
      + jpeg.dropFirst(2)
  }

  /// Writes bytes so that the file is whole or absent.
  public static func write(_ bytes: [UInt8], path: String) throws(MediaError) {
    let file = try PendingFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  private enum Format {
    case jpeg, png
  }

  private static func format(of bytes: [UInt8], subject: String) throws(MediaError) -> Format {
    if bytes.starts(with: JPEG.magic) { return .jpeg }
    if bytes.starts(with: PNG.magic) { return .png }
    if bytes.isEmpty {
      throw MediaError(code: .empty, subject: subject, reason: "there are no bytes")
    }
    throw MediaError(code: .notMedia, subject: subject, reason: "neither JPEG nor PNG")
  }
}
