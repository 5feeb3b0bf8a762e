package import FaceCore

/// A picture as the built-in networks take it: luma from −2 to 2, each block of `block` × `block` pixels
/// as the channels of one place, `[block², height / block, width / block]`.
///
/// Traps unless the sides are multiples of the block.
package func pixelBlocks(of picture: GrayImage, block: Int) -> [Float] {
  let (width, height) = (picture.width, picture.height)
  precondition(width % block == 0 && height % block == 0, "whole blocks")
  let (across, down) = (width / block, height / block)
  let bytes = picture.bytes.span
  var result = [Float](repeating: 0, count: width * height)
  var to = result.mutableSpan
  for dy in 0..<block {
    for dx in 0..<block {
      let plane = (dy * block + dx) * across * down
      for row in 0..<down {
        let from = (row * block + dy) * width + dx
        for column in 0..<across {
          to[plane + row * across + column] = (Float(bytes[from + column * block]) - 127.5) / 64
        }
      }
    }
  }
  return result
}
