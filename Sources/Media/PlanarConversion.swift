import CFFmpeg
import FaceCore

/// Planar luma and chroma of 8 to 12 bits to RGB by the equations of ITU-R BT.601, BT.709 and
/// BT.2020, within half a level, and in less time than libswscale takes for the same precision.
struct PlanarConversion: Sendable {
  private let layout: cff_yuv_layout
  private let matrix: cff_yuv_matrix
  /// What full-range luma is with `matrix.luma`, the half that rounds included.
  private let lumaBase: Float

  /// Nil for pictures that are laid out in another way, or of a matrix without such an equation.
  init?(for shape: Scaler.Shape) {
    guard let description = av_pix_fmt_desc_get(AVPixelFormat(shape.format))?.pointee,
      let weights = PlanarConversion.weights(shape.matrix)
    else { return nil }
    let flags = Int32(truncatingIfNeeded: description.flags)
    let (luma, cb, cr) = (description.comp.0, description.comp.1, description.comp.2)
    let unwanted = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_HWACCEL
    guard flags & AV_PIX_FMT_FLAG_PLANAR != 0, flags & unwanted == 0,
      description.nb_components >= 3, luma.plane == 0, cb.plane == 1, cr.plane == 2,
      luma.shift == 0, (8...12).contains(luma.depth), luma.depth == cb.depth,
      description.log2_chroma_w <= 1, description.log2_chroma_h <= 1
    else { return nil }
    layout = cff_yuv_layout(
      bytes: luma.depth > 8 ? 2 : 1, chroma_shift_x: Int32(description.log2_chroma_w),
      chroma_shift_y: Int32(description.log2_chroma_h))
    matrix = PlanarConversion.matrix(
      red: weights.red, blue: weights.blue, isFullRange: shape.isFullRange, bits: luma.depth)
    let black = shape.isFullRange ? 0 : 16 * Double(1 << (luma.depth - 8))
    lumaBase = Float(0.5 - Double(matrix.luma) * black)
  }

  /// A part of the stored picture as rows of RGB.
  func rgb(of frame: UnsafePointer<AVFrame>, in region: PixelRegion) -> [UInt8] {
    let part = cff_region(
      x: Int32(region.x), y: Int32(region.y), width: Int32(region.width),
      height: Int32(region.height))
    let size = region.width * region.height * 3
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      let status = cff_yuv_to_rgb(frame, layout, matrix, part, base)
      precondition(status == 0, "out of memory")
      count = size
    }
  }

  /// The stored picture's own luma, brought to 0 to 255.
  func luma(of frame: UnsafePointer<AVFrame>) -> [UInt8] {
    let size = Int(frame.pointee.width) * Int(frame.pointee.height)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      cff_luma(frame, layout, matrix.luma, lumaBase, base)
      count = size
    }
  }

  /// The shares of red and blue in luma (ITU-T H.273, table 4); 10 is taken for 9.
  private static func weights(_ matrix: Int) -> (red: Double, blue: Double)? {
    switch matrix {
    case 1: (0.2126, 0.0722)
    case 4: (0.30, 0.11)
    case 5, 6: (0.299, 0.114)
    case 7: (0.212, 0.087)
    case 9, 10: (0.2627, 0.0593)
    default: nil
    }
  }

  private static func matrix(
    red: Double, blue: Double, isFullRange: Bool, bits: Int32
  ) -> cff_yuv_matrix {
    let unit = Double(1 << (bits - 8))
    let top = Double(1 << bits) - 1
    let luma = 255 / (isFullRange ? top : 219 * unit)
    let black = isFullRange ? 0 : 16 * unit
    let chroma = 255 / (isFullRange ? top : 224 * unit)
    let green = 1 - red - blue
    let redCr = 2 * (1 - red) * chroma
    let blueCb = 2 * (1 - blue) * chroma
    let greenCr = -redCr * red / green
    let greenCb = -blueCb * blue / green
    let middle = 128 * unit
    let base = 0.5 - luma * black
    return cff_yuv_matrix(
      luma: Float(luma), red_cr: Float(redCr / 8), green_cb: Float(greenCb / 8),
      green_cr: Float(greenCr / 8), blue_cb: Float(blueCb / 8),
      red: Float(base - redCr * middle), green: Float(base - (greenCb + greenCr) * middle),
      blue: Float(base - blueCb * middle))
  }
}
