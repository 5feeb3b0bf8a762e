public import FaceCore

import func Foundation.atan2
import func Foundation.cbrt
import func Foundation.cos
import func Foundation.hypot
import func Foundation.sin

/// What can be read off the aligned square, the same at import and ever after: what is stored with the
/// face, but for the loss of JPEG.
///
/// | name | meaning |
/// | --- | --- |
/// | `noise` | deviation of luma from pixel to pixel of the square, in steps of 255 |
/// | `blur` | how far the face moved while it was exposed, in pixels of a `full` square of 256 |
/// | `blur_angle` | along which direction of the frame, degrees counter-clockwise from image right, 0 to 180 |
/// | `tint`, `warmth` | mean a* and b* (CIELAB) of the cheeks: green to magenta, blue to yellow |
/// | `colour_cast` | how far the cheeks are from the colours of skin in a*, b* |
/// | `occluded` | the share of the face that something covers, 0 to 1; from its network |
///
/// `landmarks` are in pixels of the square, which `transform` maps those of the frame of `width` × `height` to.
public func cropMeasures(
  of landmarks: Landmarks, in crop: Image, transform: AffineTransform, width: Int, height: Int,
  occlusion: OcclusionMeter
) -> [Measure] {
  let luma = GrayImage(crop)
  let texture = FaceHull(landmarks, width: crop.width, height: crop.height).texture(of: luma)
  var measures: [Measure] = [.taken("noise", texture.noise)]
  let (back, frame) = (
    transform.inverse, Box(x: 0, y: 0, width: Float(width), height: Float(height))
  )
  if let share = occlusion.share(
    of: landmarks, in: luma, where: { frame.contains(back.apply($0)) })
  {
    measures.append(.taken(Measure.occluded, share))
  }
  if let blur = MotionBlur(texture, landmarks: landmarks) {
    measures += [
      .taken("blur", blur.length),
      .taken("blur_angle", blur.angle(beyond: transform)),
    ]
  }
  if let color = cheekColor(of: landmarks, in: crop) {
    let (a, b) = (color.a, color.b)
    // Source: the box of ISO/IEC 29794-5's natural colour, as OFIQ has it.
    let cast = hypot(a - min(25, max(5, a)), b - min(35, max(5, b)))
    measures += [
      .taken("tint", a), .taken("warmth", b),
      .taken("colour_cast", cast),
    ]
  }
  return measures
}

/// Along which line a face is smeared, and how far.
///
/// Softness in all directions is focus or size; more of it along one is motion.
struct MotionBlur {
  /// In pixels of a `full` square of 256.
  let length: Double
  /// In the square: degrees counter-clockwise from image right.
  private let direction: Double

  /// Steps around half a circle.
  private static let steps = 36

  /// Nil where too little is seen.
  init?(_ texture: LumaTexture, landmarks: Landmarks) {
    guard texture.count > 400 else { return nil }
    let scale = FacePatch.unit * MeanFace.fit(landmarks).meanScale
    let all = (0..<Self.steps).map {
      texture.softness(along: Double($0) * 180 / Double(Self.steps))
    }
    let known = all.compactMap { $0 }
    guard known.count == all.count else { return nil }
    let most = known.indices.max { known[$0] < known[$1] } ?? 0
    let across = known[(most + Self.steps / 2) % Self.steps]
    // Evenly over a length the variance is a twelfth of its square.
    length = (12 * max(0, known[most] - across)).squareRoot() * scale
    // The top of the parabola through the highest and its neighbours.
    let (left, right) = (
      known[(most + Self.steps - 1) % Self.steps], known[(most + 1) % Self.steps]
    )
    let bend = left - 2 * known[most] + right
    let offset = bend < 0 ? 0.5 * (left - right) / bend : 0
    direction = (Double(most) + offset) * 180 / Double(Self.steps)
  }

  /// In the frame that the square was cut from.
  func angle(beyond transform: AffineTransform) -> Double {
    let back = transform.inverse
    let (c, s) = (cos(direction * .pi / 180), -sin(direction * .pi / 180))
    let (x, y) = (back.a * c + back.b * s, back.c * c + back.d * s)
    let turned = atan2(-y, x) * 180 / .pi
    return turned < 0 ? turned + 180 : turned >= 180 ? turned - 180 : turned
  }
}

/// Where the cheeks are, as ISO/IEC 29794-5 has it: squares whose side is 0.3 of the distance between the
/// eyes, half way from the eyes down to the mouth; as maps from the unit square to the picture.
func cheeks(of landmarks: Landmarks) -> [AffineTransform] {
  let eyes = [landmarks.mean(of: Landmarks.leftEye), landmarks.mean(of: Landmarks.rightEye)]
  let mouth = (landmarks[48] + landmarks[54]) * 0.5
  let down = (mouth - (eyes[0] + eyes[1]) * 0.5) * 0.5
  let length = max(1e-6, down.distance(to: Point(x: 0, y: 0)))
  let half = 0.15 * eyes[0].distance(to: eyes[1])
  let (x, y) = (down * (half / length), Point(x: down.y, y: -down.x) * (half / length))
  return eyes.map { eye in
    let center = eye + down
    return AffineTransform(
      a: 2 * Double(y.x), b: 2 * Double(x.x), tx: Double(center.x - y.x - x.x),
      c: 2 * Double(y.y), d: 2 * Double(x.y), ty: Double(center.y - y.y - x.y))
  }
}

/// Calls `body` with the pixels of 16 × 16 places of each cheek; not with those outside.
func forEachCheekPixel(
  of landmarks: Landmarks, width: Int, height: Int, _ body: (_ cheek: Int, _ index: Int) -> Void
) {
  for (cheek, map) in cheeks(of: landmarks).enumerated() {
    for place in 0..<256 {
      let (u, v) = ((Double(place % 16) + 0.5) / 16, (Double(place / 16) + 0.5) / 16)
      let (x, y) = (map.a * u + map.b * v + map.tx, map.c * u + map.d * v + map.ty)
      guard x >= 0, y >= 0, x < Double(width), y < Double(height) else { continue }
      body(cheek, Int(y) * width + Int(x))
    }
  }
}

/// Mean colour of the cheeks in CIELAB under D65, from the mean of linear light; nil where they are
/// outside or black.
private func cheekColor(of landmarks: Landmarks, in crop: Image) -> (a: Double, b: Double)? {
  var (sum, count) = (SIMD3<Double>.zero, 0.0)
  let bytes = crop.bytes.span
  forEachCheekPixel(of: landmarks, width: crop.width, height: crop.height) { _, index in
    sum += SIMD3(
      FacePatch.linear[Int(bytes[3 * index])], FacePatch.linear[Int(bytes[3 * index + 1])],
      FacePatch.linear[Int(bytes[3 * index + 2])])
    count += 1
  }
  guard count > 0, sum.max() > 0 else { return nil }
  let rgb = sum / count
  func root(_ t: Double) -> Double { t > 216 / 24389 ? cbrt(t) : (24389 / 27 * t + 16) / 116 }
  let x = root((rgb * SIMD3(0.4124564, 0.3575761, 0.1804375)).sum() / 0.95047)
  let y = root((rgb * SIMD3(0.2126729, 0.7151522, 0.0721750)).sum())
  let z = root((rgb * SIMD3(0.0193339, 0.1191920, 0.9503041)).sum() / 1.08883)
  return (500 * (x - y), 200 * (y - z))
}
