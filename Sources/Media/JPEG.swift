import CImageCodecs
public import FaceCore

/// JPEG through libjpeg.
///
/// Data that make the library warn are taken for damaged.
public enum JPEG {
  public enum Sampling: Hashable, Sendable {
    /// 4:4:4, colour at full resolution.
    case full
    /// 4:2:0, colour at half the resolution on each axis.
    case half
  }

  static let magic: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// The upright picture; the EXIF orientation is applied, grey and CMYK become RGB.
  ///
  /// `subject` names the data in errors. Throws `corrupt`, `tooLarge`.
  public static func decode(
    _ bytes: [UInt8], subject: String = "JPEG data"
  ) throws(MediaError) -> Image {
    try decode(bytes, atLeast: .max, subject: subject).image
  }

  /// The upright picture, not larger than it need be for its shorter side to have `side` pixels: half,
  /// a quarter or an eighth of what is stored, each pixel the mean of those it covers or near it.
  ///
  /// Throws `corrupt`, `tooLarge`.
  public static func decode(
    _ bytes: [UInt8], atLeast side: Int, subject: String = "JPEG data"
  ) throws(MediaError) -> ReducedImage {
    let header = try ImageHeader(of: bytes, subject: subject, read: ci_jpeg_header)
    let shorter = Int(min(header.stored.width, header.stored.height))
    let reduction = [8, 4, 2].first { shorter / $0 >= side } ?? 1
    let image = try header.decode(bytes, reduction: reduction) { data, size, header, rgb, message in
      ci_jpeg_decode(data, size, header, Int32(reduction), rgb, message)
    }
    return ReducedImage(image, width: header.upright.width, height: header.upright.height)
  }

  /// `quality` 1 to 100 as libjpeg counts.
  ///
  /// Throws for a picture wider or higher than 65 500.
  public static func encode(
    _ image: Image, quality: Int = 95, sampling: Sampling = .full
  ) throws(MediaError) -> [UInt8] {
    precondition((1...100).contains(quality), "JPEG quality is 1 to 100")
    let full: Int32 = sampling == .full ? 1 : 0
    return try EncodedBytes.collect(subject: "JPEG") { out, size, message in
      ci_jpeg_encode(
        image.bytes, Int32(image.width), Int32(image.height), Int32(quality), full, out, size,
        message)
    }
  }
}
