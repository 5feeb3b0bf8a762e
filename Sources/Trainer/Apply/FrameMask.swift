import FaceCore

/// Values 0 to 1 for a part of a frame; the rest is 0.
public struct FrameMask: Hashable, Sendable {
  /// Of the part's corner, in pixels of the frame.
  public let x: Int
  public let y: Int
  public let width: Int
  public let height: Int
  /// `height · width`, rows top to bottom.
  public var values: [Float]

  /// Traps unless the values fill the part.
  public init(x: Int, y: Int, width: Int, height: Int, values: [Float]) {
    precondition(values.count == width * height, "one value a pixel")
    (self.x, self.y, self.width, self.height, self.values) = (x, y, width, height, values)
  }

  /// The same value everywhere in a frame.
  public init(width: Int, height: Int, value: Float = 1) {
    self.init(
      x: 0, y: 0, width: width, height: height,
      values: [Float](repeating: value, count: width * height))
  }

  /// The pixels of a frame that a polygon may touch.
  init(around outline: Outline, frameWidth: Int, frameHeight: Int) {
    let box = outline.box
    let left = max(0, min(frameWidth, Int(box.x.rounded(.down)) - 1))
    let top = max(0, min(frameHeight, Int(box.y.rounded(.down)) - 1))
    let right = max(left, min(frameWidth, Int((box.x + box.width).rounded(.up)) + 1))
    let bottom = max(top, min(frameHeight, Int((box.y + box.height).rounded(.up)) + 1))
    self.init(
      x: left, y: top, width: right - left, height: bottom - top,
      values: [Float](repeating: 0, count: (right - left) * (bottom - top)))
  }

  /// The value at a pixel of the frame.
  public subscript(x: Int, y: Int) -> Float {
    let column = x - self.x
    let row = y - self.y
    guard column >= 0, row >= 0, column < width, row < height else { return 0 }
    return values[row * width + column]
  }
}
