public import FaceCore

/// A picture that may have been made smaller while it was decoded.
public struct ReducedImage: Hashable, Sendable {
  public let image: Image
  /// As stored, upright, in pixels.
  public let width, height: Int

  /// A picture that stands for one of `width` × `height` pixels.
  public init(_ image: Image, width: Int, height: Int) {
    (self.image, self.width, self.height) = (image, width, height)
  }

  /// The whole picture.
  public init(_ image: Image) {
    self.init(image, width: image.width, height: image.height)
  }
}
