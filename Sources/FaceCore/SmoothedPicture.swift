import CPixels

/// A square picture made ready for being looked at with one bilinear sample a pixel, so that nothing
/// aliases.
///
/// When the square it will be seen as is smaller, the picture is replaced by nodes, two for every
/// pixel of that square and one for its end. Each node is the mean of the area such a pixel covers.
package struct SmoothedPicture: Sendable {
  /// Nodes, or pixels, along a side.
  package let side: Int
  /// Nodes counted from 0 to the side's length; pixels have their centres at .5.
  private let offset: Double
  /// Nodes or pixels along the side of the picture.
  private let scale: Double
  /// R, G, B, rows top to bottom, and two bytes more, which samplers read along.
  private let bytes: [UInt8]

  /// Traps unless the picture is square.
  ///
  /// `pixels`: side of the square it will be seen as, when it is seen whole.
  package init(_ image: Image, seenAs pixels: Int) {
    precondition(image.width == image.height && pixels > 0, "a crop is a square")
    guard image.width > pixels else {
      let least = image.width > 1 ? image : image.resized(width: 2, height: 2)
      (side, offset, scale) = (least.width, -0.5, Double(least.width))
      bytes = least.bytes + [0, 0]
      return
    }
    (side, offset, scale) = (2 * pixels + 1, 0, Double(2 * pixels))
    bytes =
      image.width == 2 * pixels
      ? Self.corners(of: image) : image.means(nodes: 2 * pixels + 1).bytes + [0, 0]
  }

  /// What is held, in bytes.
  package var byteCount: Int { bytes.count }

  private static func corners(of image: Image) -> [UInt8] {
    let size = 3 * (image.width + 1) * (image.height + 1)
    return unsafe [UInt8](unsafeUninitializedCapacity: size + 2) { result, count in
      guard let target = result.baseAddress else { return }
      unsafe cpx_corners(image.bytes, Int32(image.width), Int32(image.height), target)
      unsafe (result[size], result[size + 1]) = (0, 0)
      count = size + 2
    }
  }
}

extension SmoothedPicture {
  /// Moves of the nodes of a grid over the square that is seen.
  package struct Grid: Sendable {
    /// Cells along a side.
    package var cells: Int
    /// In pixels of the square, `(cells + 1)²`, rows top to bottom.
    package var moves: [SIMD2<Float>]

    /// Traps unless every node has its move.
    package init(cells: Int, moves: [SIMD2<Float>]) {
      precondition(cells > 0 && moves.count == (cells + 1) * (cells + 1), "a move for every node")
      (self.cells, self.moves) = (cells, moves)
    }
  }

  /// A change of colours: away from luma, then each channel by its gain.
  package struct Tone: Sendable {
    package var gain: SIMD3<Float>
    package var saturation: Float

    package init(gain: SIMD3<Float>, saturation: Float) {
      (self.gain, self.saturation) = (gain, saturation)
    }
  }

  /// Writes a view of the picture as three planes of `pixels` × `pixels` floats, 0 to 1.
  ///
  /// Traps unless the planes are so large.
  ///
  /// - Parameters:
  ///   - back: Pixels of the view to the picture, whose side counts as 1.
  ///   - grid: Moves the pixels of the view before; nothing when nil.
  ///   - tone: Changes the colours; they are cut to 0 to 1 then.
  package func view(
    through back: AffineTransform, grid: Grid? = nil, tone: Tone? = nil, pixels: Int,
    into planes: inout MutableSpan<Float>
  ) {
    precondition(pixels > 0 && planes.count == 3 * pixels * pixels, "three planes")
    let map = back.then(.scale(scale))
    var color = cpx_tone()
    if let tone {
      color = cpx_tone(
        red: tone.gain.x, green: tone.gain.y, blue: tone.gain.z, saturation: tone.saturation,
        changes: 1)
    }
    unsafe planes.withUnsafeMutableBufferPointer { planes in
      unsafe withMoves(of: grid) { moves in
        var view = unsafe cpx_map(
          a: Float(map.a), b: Float(map.b), tx: Float(map.tx + offset), c: Float(map.c),
          d: Float(map.d), ty: Float(map.ty + offset), moves: moves, cells: Int32(grid?.cells ?? 0))
        unsafe cpx_view(
          bytes, Int32(side), Int32(side), &view, &color, Int32(pixels), planes.baseAddress)
      }
    }
  }

  private func withMoves(of grid: Grid?, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let grid else { return body(nil) }
    unsafe grid.moves.withUnsafeBufferPointer { moves in
      // Two numbers side by side are laid out as the vector is.
      unsafe body(UnsafeRawPointer(moves.baseAddress)?.assumingMemoryBound(to: Float.self))
    }
  }
}

extension Image {
  /// Means about nodes that lie evenly from edge to edge, each of them over the area from the node
  /// before to the node after.
  fileprivate func means(nodes: Int) -> Image {
    let lines = Lines(bytes: bytes, start: 0, stride: width * 3, length: width * 3)
    return Image(
      width: nodes, height: nodes,
      bytes: lines.weighed(
        rows: .nodes(nodes, count: height), columns: .nodes(nodes, count: width), channels: 3))
  }
}
