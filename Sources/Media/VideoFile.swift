/// Facts of a video file that libav does not give.
public enum VideoFile {
  /// The box that holds XMP in ISO base media files (ISO 16684-2; Adobe XMP part 3, 1.2.7.1).
  private static let xmpIdentifier: [UInt8] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
  ]
  /// Bytes of the largest packet that is read.
  private static let xmpLimit = 16 << 20

  /// The XMP packet of an MP4 or MOV file; nil when it has none or is another kind of file.
  ///
  /// Throws when the file cannot be read or its XMP box is cut off, too large or no UTF-8.
  public static func xmp(path: String) throws(MediaError) -> String? {
    let size = try FileChecks.size(ofReadable: path)
    let file = try InputFile(path: path)
    let uuid = Array("uuid".utf8)
    for box in try ContainerShape.boxes(of: file, size: size) where box.type == uuid {
      guard try file.read(at: box.content, count: 16) == xmpIdentifier else { continue }
      let start = box.content + 16
      guard start <= box.end, box.end <= size else {
        throw MediaError(code: .corrupt, subject: path, reason: "truncated: the XMP is cut off")
      }
      guard box.end - start <= xmpLimit else {
        throw MediaError(
          code: .tooLarge, subject: path, reason: "more than \(xmpLimit) bytes of XMP")
      }
      let bytes = try file.read(at: start, count: box.end - start)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw MediaError(code: .corrupt, subject: path, reason: "XMP that is not UTF-8")
      }
      return text
    }
    return nil
  }

  /// The box for a packet, to stand after all others.
  static func box(xmp: String) -> [UInt8] {
    let content = Array(xmp.utf8)
    let length = UInt32(8 + xmpIdentifier.count + content.count)
    let head = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) }
    return head + Array("uuid".utf8) + xmpIdentifier + content
  }
}
