import CImageCodecs
import FaceCore

/// The size of a stored picture and how it lies, read without decoding it.
struct ImageHeader {
  let stored: ci_header
  let orientation: Orientation
  let subject: String

  typealias HeaderFunction = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<ci_header>?, UnsafeMutablePointer<CChar>?
  ) -> Int32
  typealias DecodeFunction = (
    UnsafePointer<UInt8>?, Int, ci_header, UnsafeMutablePointer<UInt8>?,
    UnsafeMutablePointer<CChar>?
  ) -> Int32

  init(of bytes: [UInt8], subject: String, read: HeaderFunction) throws(MediaError) {
    var found = ci_header()
    var message = [CChar](repeating: 0, count: ci_message_length)
    guard read(bytes, bytes.count, &found, &message) == 0 else {
      throw MediaError(code: .corrupt, subject: subject, reason: string(of: message))
    }
    try MediaLimits.check(
      width: Int(found.width), height: Int(found.height), subject: subject)
    stored = found
    orientation = Orientation(exif: Int(found.orientation))
    self.subject = subject
  }

  /// The upright picture, `reduction` times smaller than stored if the decoder does that.
  func decode(
    _ bytes: [UInt8], reduction: Int = 1, read: DecodeFunction
  ) throws(MediaError) -> Image {
    let width = Int(ci_reduced(stored.width, Int32(reduction)))
    let height = Int(ci_reduced(stored.height, Int32(reduction)))
    var message = [CChar](repeating: 0, count: ci_message_length)
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      status = read(bytes, bytes.count, stored, buffer.baseAddress, &message)
      count = status == 0 ? width * height * 3 : 0
    }
    guard status == 0 else {
      throw MediaError(code: .corrupt, subject: subject, reason: string(of: message))
    }
    guard orientation != .upright else {
      return Image(width: width, height: height, bytes: pixels)
    }
    return orientation.image(from: pixels, stride: width * 3, width: width, height: height)
  }

  var upright: (width: Int, height: Int) {
    orientation.upright(width: Int(stored.width), height: Int(stored.height))
  }
}

/// Bytes an encoder of the C side hands over.
enum EncodedBytes {
  typealias Encoder = (
    UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>,
    UnsafeMutablePointer<CChar>?
  ) -> Int32

  static func collect(subject: String, _ encode: Encoder) throws(MediaError) -> [UInt8] {
    var out: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = [CChar](repeating: 0, count: ci_message_length)
    guard encode(&out, &size, &message) == 0, let out else {
      throw MediaError(code: .unsupported, subject: subject, reason: string(of: message))
    }
    defer { ci_free(out) }
    return Array(UnsafeBufferPointer(start: out, count: size))
  }
}
