public import FaceCore

/// The square of a frame that the network sees.
public enum FacePatch {
  /// Cut from the frame, area-filtered when it shrinks: `[3, resolution, resolution]`, sRGB, 0
  /// to 1.
  ///
  /// - Parameters:
  ///   - transform: Frame pixels to pixels of the square.
  ///   - border: What lies outside of the frame.
  public static func cut(
    from frame: Image, transform: AffineTransform, resolution: Int,
    border: Image.Border = .black
  ) -> [Float] {
    frame.warped(by: transform, width: resolution, height: resolution, border: border).planes
  }
}
