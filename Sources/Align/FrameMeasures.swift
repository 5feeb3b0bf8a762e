public import FaceCore

/// What only the frame tells of a face: what was done to the picture before it came in.
///
/// | name | meaning |
/// | --- | --- |
/// | `upscaled` | how many times larger the face is than its details are, 1 at least |
/// | `blockiness` | how much more luma steps at the edges of blocks of 8 × 8 pixels, in steps of 255 |
/// | `interlaced` | how far neighbouring rows differ for those two apart; above 1 they are of two moments |
/// | `outside` | part of the aligned square that lies outside the frame, 0 to 1 |
///
/// At most 256 × 256 pixels in the middle of the face are looked at; where a face is too small to tell, a
/// measure is left out. `transform` maps pixels of the frame to those of the square of `size` pixels.
public func frameMeasures(
  of landmarks: Landmarks, in luma: GrayImage, transform: AffineTransform, size: Int
) -> [Measure] {
  var measures = [outside(transform, size: size, width: luma.width, height: luma.height)]
  guard let part = middle(of: landmarks, width: luma.width, height: luma.height) else {
    return measures
  }
  measures.append(.taken("blockiness", luma.blockSteps(in: part)))
  if let combing = luma.combing(in: part) {
    measures.append(.taken("interlaced", combing))
  }
  if let factor = enlargement(of: part, in: luma) {
    measures.append(.taken("upscaled", factor))
  }
  return measures
}

/// The middle of the face's box, two pixels from the frame's edge; nil where less than 16 × 16 pixels are
/// left.
private func middle(of landmarks: Landmarks, width: Int, height: Int) -> PixelRegion? {
  let box = Box(around: Array(landmarks.points[0..<27]))
  func span(_ center: Float, _ length: Float, _ limit: Int) -> Range<Int>? {
    let half = min(length, 256) / 2
    let (from, to) = (max(2, center - half), min(Float(limit - 2), center + half))
    return to - from >= 16 ? Int(from.rounded(.up))..<Int(to.rounded(.down)) : nil
  }
  guard let columns = span(box.center.x, box.width, width),
    let rows = span(box.center.y, box.height, height)
  else { return nil }
  return PixelRegion(
    x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
}

/// How soft the part is for how soft it is when it is reduced to a quarter, each in its own pixels: pictures
/// of things look alike at any size, those that were enlarged do not until they are reduced again.
private func enlargement(of part: PixelRegion, in luma: GrayImage) -> Double? {
  guard let own = softness(of: luma, in: part) else { return nil }
  let (width, height) = (part.width / 4, part.height / 4)
  let box = Box(
    x: Float(part.x), y: Float(part.y), width: Float(4 * width), height: Float(4 * height))
  let reduced = luma.resampled(from: box, width: width, height: height)
  let whole = PixelRegion(x: 0, y: 0, width: width, height: height)
  guard let sharp = softness(of: reduced, in: whole) else { return nil }
  return max(1, (own / sharp).squareRoot())
}

/// In the sharpest directions, for motion is no enlargement; nil where too little is seen.
private func softness(of luma: GrayImage, in part: PixelRegion) -> Double? {
  let texture = luma.texture(rows: part.y..<part.y + part.height) { _ in
    part.x..<part.x + part.width
  }
  let all = (0..<8).compactMap { texture.softness(along: Double($0) * 22.5) }.sorted()
  return texture.count >= 200 && all.count == 8 ? all[2] : nil
}

func outside(_ transform: AffineTransform, size: Int, width: Int, height: Int) -> Measure {
  let back = transform.inverse
  let steps = 32
  var outside = 0
  for row in 0..<steps {
    for column in 0..<steps {
      let u = (Double(column) + 0.5) * Double(size) / Double(steps)
      let v = (Double(row) + 0.5) * Double(size) / Double(steps)
      let (x, y) = (back.a * u + back.b * v + back.tx, back.c * u + back.d * v + back.ty)
      if x < 0 || y < 0 || x >= Double(width) || y >= Double(height) { outside += 1 }
    }
  }
  return .taken("outside", Double(outside) / Double(steps * steps))
}
