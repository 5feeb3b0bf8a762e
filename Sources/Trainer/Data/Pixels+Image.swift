import FaceCore

extension Pixels {
  /// The colours of a picture, 0 to 1; the fourth value is 0.
  init(_ image: Image) {
    let bytes = image.bytes.span
    var values: [SIMD4<Float>] = []
    values.reserveCapacity(image.width * image.height)
    for at in stride(from: 0, to: bytes.count, by: 3) {
      let color = SIMD4(Float(bytes[at]), Float(bytes[at + 1]), Float(bytes[at + 2]), 0)
      values.append(color / 255)
    }
    self.init(width: image.width, height: image.height, values: values)
  }

  /// Rounded to 8 bits; what is beyond 0 to 1 is cut.
  var image: Image {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * values.count)
    for value in values {
      let steps = value.clamped(lowerBound: .zero, upperBound: .one) * 255 + 0.5
      bytes.append(UInt8(steps.x))
      bytes.append(UInt8(steps.y))
      bytes.append(UInt8(steps.z))
    }
    return Image(width: width, height: height, bytes: bytes)
  }
}
