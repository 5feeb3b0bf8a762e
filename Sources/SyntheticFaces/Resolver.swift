import FaceCore
import Foundation

/// Turns samples into pixels: shades each, takes the mean, adds grain, encodes as sRGB.
struct Resolver {
  let model: HeadModel
  let posed: PosedHead
  let screen: ScreenVertices
  let visibility: Visibility
  let backdrop: [Vector]
  let scene: Scene
  private let shading: Shading

  init(
    model: HeadModel, posed: PosedHead, screen: ScreenVertices, visibility: Visibility,
    backdrop: [Vector], scene: Scene
  ) {
    (self.model, self.posed, self.screen) = (model, posed, screen)
    (self.visibility, self.backdrop, self.scene) = (visibility, backdrop, scene)
    shading = Shading(model: model, scene: scene)
  }

  func resolve(
    rows: Range<Int>, bytes: UnsafeMutablePointer<UInt8>, mask: UnsafeMutablePointer<UInt8>,
    figure: UnsafeMutablePointer<UInt8>
  ) {
    let width = scene.camera.width
    shading.skin.texels.withUnsafeBufferPointer { buffer in
      guard let texels = buffer.baseAddress else { preconditionFailure("skin has texels") }
      for y in rows {
        for x in 0..<width {
          var sum = Vector.zero
          var inFace = 0
          var inFigure = 0
          for row in 0..<Visibility.grid {
            for column in 0..<Visibility.grid {
              let sx = x * Visibility.grid + column
              let sy = y * Visibility.grid + row
              let triangle = Int(visibility.triangle[sy * visibility.width + sx])
              if triangle < 0 {
                sum += backdrop[y * width + x]
              } else {
                sum += shaded(triangle, sx: sx, sy: sy, texels: texels)
                if model.inFace[triangle] { inFace += 1 }
                inFigure += 1
              }
            }
          }
          let at = y * width + x
          mask[at] = UInt8(inFace * 255 / 4)
          figure[at] = UInt8(inFigure * 255 / 4)
          write(sum * 0.25, x: x, y: y, to: bytes + at * 3)
        }
      }
    }
  }

  @inline(__always)
  private func shaded(
    _ triangle: Int, sx: Int, sy: Int, texels: UnsafePointer<SIMD4<UInt8>>
  ) -> Vector {
    let corners = model.triangles[triangle]
    let (i, j, k) = (Int(corners.x), Int(corners.y), Int(corners.z))
    let a = screen.points[i]
    let b = screen.points[j]
    let c = screen.points[k]
    let px = Float(sx) + 0.5
    let py = Float(sy) + 0.5
    // Weights on the screen, then in space.
    let u = ((b.x - px) * (c.y - py) - (b.y - py) * (c.x - px)) * a.z
    let v = ((c.x - px) * (a.y - py) - (c.y - py) * (a.x - px)) * b.z
    let w = ((a.x - px) * (b.y - py) - (a.y - py) * (b.x - px)) * c.z
    let scale = 1 / (u + v + w)
    let (wa, wb, wc) = (u * scale, v * scale, w * scale)
    let position = posed.positions[i] * wa + posed.positions[j] * wb + posed.positions[k] * wc
    let view = normalized(-position)
    var normal = normalized(
      posed.normals[i] * wa + posed.normals[j] * wb + posed.normals[k] * wc)
    if model.twoSided[triangle], dot(normal, view) < 0 { normal = -normal }
    let light = posed.light[i] * wa + posed.light[j] * wb + posed.light[k] * wc
    let place =
      model.coordinates[i] * wa + model.coordinates[j] * wb + model.coordinates[k] * wc
    return shading.color(
      model.materials[triangle],
      Shading.Sample(
        normal: normal, view: view, ambient: Vector(light.x, light.y, light.z), open: light.w,
        place: place),
      texels: texels)
  }

  @inline(__always)
  private func write(_ linear: Vector, x: Int, y: Int, to pixel: UnsafeMutablePointer<UInt8>) {
    for channel in 0..<3 {
      var value = Self.encode(linear[channel])
      if scene.grain > 0 {
        let bits = Noise.hash(Int32(x), Int32(y * 3 + channel), scene.grainSeed)
        // The sum of four bytes is nearly normal, deviation 148.
        let sum = (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24)
        value += (Float(sum) - 510) * (scene.grain / 148)
      }
      pixel[channel] = UInt8(max(0, min(255, value + 0.5)))
    }
  }

  /// Linear light to an sRGB value of 0 to 255, with a soft shoulder above 0.7.
  @inline(__always)
  private static func encode(_ linear: Float) -> Float {
    let value = max(0, linear)
    let soft = value < 0.7 ? value : 0.7 + 0.3 * (1 - 1 / (1 + (value - 0.7) / 0.3))
    let place = soft * 4095
    let i = min(4094, Int(place))
    return mix(curve[i], curve[i + 1], place - Float(i))
  }

  private static let curve: [Float] = (0..<4096).map { i in
    let linear = Float(i) / 4095
    return 255 * (linear <= 0.003_130_8 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055)
  }
}
