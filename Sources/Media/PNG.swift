import CImageCodecs
public import FaceCore
import Glibc

/// PNG through libpng, 8 bits RGB.
public enum PNG {
  static let magic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A keyword and its text, as `Title` and `Swap of scene 12`.
  ///
  /// Keywords are 1 to 79 Latin-1 characters.
  public struct Text: Hashable, Sendable {
    public let keyword: String
    public let text: String

    public init(keyword: String, text: String) {
      self.keyword = keyword
      self.text = text
    }
  }

  /// Palette, grey and 16-bit pictures become 8-bit RGB; alpha is dropped, not blended.
  ///
  /// `subject` names the data in errors. Throws `corrupt`, `tooLarge`.
  public static func decode(
    _ bytes: [UInt8], subject: String = "PNG data"
  ) throws(MediaError) -> Image {
    let header = try ImageHeader(of: bytes, subject: subject, read: ci_png_header)
    return try header.decode(bytes, read: ci_png_decode)
  }

  /// Texts go into tEXt chunks, or iTXt where they are not ASCII.
  ///
  /// `level` is zlib's, 0 to 9. Throws for a keyword PNG does not allow.
  public static func encode(
    _ image: Image, texts: [Text] = [], level: Int = 6
  ) throws(MediaError) -> [UInt8] {
    precondition((0...9).contains(level), "a compression level is 0 to 9")
    let copies = texts.flatMap { [strdup($0.keyword), strdup($0.text)] }
    defer { copies.forEach { free($0) } }
    let pointers = copies.map { UnsafePointer<CChar>($0) }
    return try EncodedBytes.collect(subject: "PNG") { out, size, message in
      ci_png_encode(
        image.bytes, Int32(image.width), Int32(image.height), Int32(level), pointers,
        Int32(texts.count), out, size, message)
    }
  }

  /// The uncompressed texts of a PNG file, in order.
  ///
  /// Throws `corrupt` where a chunk runs over the end.
  public static func texts(
    of bytes: [UInt8], subject: String = "PNG data"
  ) throws(MediaError) -> [Text] {
    var found: [Text] = []
    var at = magic.count
    while at < bytes.count {
      guard bytes.starts(with: magic), bytes.count - at >= 12 else { throw cut(subject) }
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - at - 12 else { throw cut(subject) }
      let type = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      if let text = text(of: bytes[at + 8..<at + 8 + length], type: type) { found.append(text) }
      if type == "IEND" { return found }
      at += length + 12
    }
    throw cut(subject)
  }

  private static func cut(_ subject: String) -> MediaError {
    MediaError(code: .corrupt, subject: subject, reason: "premature end of the data")
  }

  /// PNG specification, 11.3.4: keyword, 0, text; iTXt has five more fields between.
  private static func text(of chunk: ArraySlice<UInt8>, type: String) -> Text? {
    guard type == "tEXt" || type == "iTXt", let end = chunk.firstIndex(of: 0) else { return nil }
    let keyword = String(decoding: chunk[..<end], as: UTF8.self)
    var rest = chunk[(end + 1)...]
    guard type == "iTXt" else {
      return Text(keyword: keyword, text: String(rest.map { Character(Unicode.Scalar($0)) }))
    }
    guard rest.first == 0 else { return nil }
    rest = rest.dropFirst(2)
    for _ in 0..<2 {
      guard let zero = rest.firstIndex(of: 0) else { return nil }
      rest = rest[(zero + 1)...]
    }
    return Text(keyword: keyword, text: String(decoding: rest, as: UTF8.self))
  }
}
