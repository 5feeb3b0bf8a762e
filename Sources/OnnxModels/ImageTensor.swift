public import FaceCore

/// How a network wants its pixels.
public struct PixelLayout: Hashable, Sendable {
  public enum Order: Hashable, Sendable { case rgb, bgr }

  public var order: Order
  /// What is subtracted from a byte, and then what it is divided by.
  public var offset: Float
  public var divisor: Float

  public init(order: Order = .rgb, offset: Float = 0, divisor: Float = 1) {
    (self.order, self.offset, self.divisor) = (order, offset, divisor)
  }

  /// Red first; `half` is half the range of a byte as the network's makers took it, 127.5 or 128.
  public init(_ range: PixelRange, order: Order = .rgb, half: Float = 127.5) {
    switch range {
    case .bytes: self.init(order: order)
    case .unit: self.init(order: order, divisor: 255)
    case .signed: self.init(order: order, offset: 127.5, divisor: half)
    }
  }
}

extension OnnxTensor {
  /// The picture as [1, 3, height, width], in the corner of a black one of that size.
  ///
  /// Traps where the picture is larger.
  public init(_ image: Image, _ layout: PixelLayout, width: Int, height: Int) {
    precondition(image.width <= width && image.height <= height, "a picture fits in its tensor")
    let black = (0 - layout.offset) / layout.divisor
    var values = [Float](repeating: black, count: 3 * width * height)
    for channel in 0..<3 {
      let from = layout.order == .rgb ? channel : 2 - channel
      for y in 0..<image.height {
        var source = y * image.width * 3 + from
        let row = (channel * height + y) * width
        for x in 0..<image.width {
          values[row + x] = (Float(image.bytes[source]) - layout.offset) / layout.divisor
          source += 3
        }
      }
    }
    self.init(shape: [1, 3, height, width], values: values)
  }

  /// The picture as [1, 3, height, width].
  public init(_ image: Image, _ layout: PixelLayout) {
    self.init(image, layout, width: image.width, height: image.height)
  }
}
