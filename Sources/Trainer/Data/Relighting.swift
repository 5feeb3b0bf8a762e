import FaceCore

/// Another light on a face: each part of the picture times what the new light does to that part of the
/// mean head, over what the old one does, in linear light: a ratio image.
///
/// What light does to a part of a face is what measuring it relies on, `lightTransfer`, so that a
/// face that is given a light is measured to have it. Source of ratio images: Riklin-Raviv and
/// Shashua, "The Quotient Image", PAMI 2001.
struct Relighting {
  /// Least and greatest change of a pixel's linear light.
  static let limits: ClosedRange<Float> = 0.4...2.5

  /// Where it reaches: beyond the face's outline a little, softly.
  static let reach = FaceMask(browLift: 2.4, erosion: -0.08, feather: 0.16)

  /// A ratio for each column and row of zones, with a rim around them.
  private let ratios: [SIMD4<Float>]
  private static let columns = -6...6
  private static let rows = -5...10

  init(from old: Light, to new: Light) {
    var known: [SIMD2<Int>: Float] = [:]
    for (index, zone) in FaceSurface.zones.enumerated() {
      let transfer = lightTransfer[index]
      let least = 0.15 * transfer.first.x * Double(old.harmonics[0])
      let before = max(least, transfer.level(in: old))
      let after = max(0, transfer.level(in: new))
      known[SIMD2(zone.column, zone.row)] = min(
        Self.limits.upperBound, max(Self.limits.lowerBound, Float(after / before)))
    }
    // Zones beside the face take the mean of their neighbours, from the face outward.
    for _ in 0..<6 {
      var grown = known
      for row in Self.rows {
        for column in Self.columns where known[SIMD2(column, row)] == nil {
          let near = (-1...1).flatMap { down in
            (-1...1).compactMap { known[SIMD2(column + $0, row + down)] }
          }
          if !near.isEmpty {
            grown[SIMD2(column, row)] = near.reduce(0, +) / Float(near.count)
          }
        }
      }
      known = grown
    }
    ratios = Self.rows.flatMap { row in
      Self.columns.map { SIMD4(repeating: known[SIMD2($0, row)] ?? 1) }
    }
  }

  /// The ratio at a place of the face, in head units: cubic between the zones' middles.
  func ratio(x: Double, y: Double) -> Float {
    let side = FaceSurface.side
    return cubic(
      ratios.span, width: Self.columns.count, height: Self.rows.count,
      x: Float(x / side) - Float(Self.columns.lowerBound),
      y: Float(y / side) - Float(Self.rows.lowerBound)
    ).x
  }

  /// Changes the light of a face in a square picture.
  func change(_ pixels: inout Pixels, landmarks: Landmarks, pose: Pose) {
    let field = RatioField(self, landmarks: landmarks, pose: pose, side: pixels.width)
    let span = field.nodes.span
    let count = RatioField.count
    let scale = Float(count - 1) / Float(pixels.width)
    for y in 0..<pixels.height {
      for x in 0..<pixels.width {
        let ratio = bilinear(
          span, width: count, height: count, x: (Float(x) + 0.5) * scale,
          y: (Float(y) + 0.5) * scale
        ).x
        guard ratio != 1 else { continue }
        let index = y * pixels.width + x
        let lit = LabColor.linear(
          fromSRGB: pixels.values[index].clamped(lowerBound: .zero, upperBound: .one))
        pixels.values[index] = LabColor.srgb(
          fromLinear: (lit * ratio).clamped(lowerBound: .zero, upperBound: .one))
      }
    }
  }
}

/// Ratios on a grid over a picture.
private struct RatioField {
  /// Nodes along a side, from edge to edge.
  static let count = 65
  /// Rows top to bottom; the first of the four values is the ratio.
  private(set) var nodes: [SIMD4<Float>]

  init(_ light: Relighting, landmarks: Landmarks, pose: Pose, side: Int) {
    let count = Self.count
    var ratios = [Float?](repeating: nil, count: count * count)
    let unit = Float(side) / Float(count - 1)
    Self.draw(light, place: HeadPlace(of: landmarks, pose: pose), pose: pose, unit: unit, &ratios)
    for _ in 0..<12 { Self.grow(&ratios) }
    let edge = SoftEdge(Relighting.reach, Relighting.reach.outline(of: landmarks))
    nodes = ratios.enumerated().map { index, ratio in
      let share = edge.value(x: Float(index % count) * unit, y: Float(index / count) * unit)
      return SIMD4(repeating: 1 + share * ((ratio ?? 1) - 1))
    }
  }

  /// Steps of the mean head's surface, in its units.
  private static let step = 6.0

  /// Draws the ratios of the surface's parts that look to the camera.
  private static func draw(
    _ light: Relighting, place: HeadPlace, pose: Pose, unit: Float, _ ratios: inout [Float?]
  ) {
    let (across, down) = (-12...12, -11...19)
    let vertices = down.flatMap { row in
      across.map { column -> (point: Point, ratio: Float) in
        let (x, y) = (Double(column) * step, Double(row) * step)
        let z = FaceSurface.surface(x: x, y: y).z
        let seen = place.seen(SIMD3(x, y, z), pose)
        return (seen * (1 / unit), light.ratio(x: x, y: y))
      }
    }
    let width = across.count
    for row in 0..<down.count - 1 {
      for column in 0..<width - 1 {
        let at = row * width + column
        for corners in [(at, at + 1, at + width), (at + 1, at + width + 1, at + width)] {
          fill(vertices[corners.0], vertices[corners.1], vertices[corners.2], &ratios)
        }
      }
    }
  }

  private static func fill(
    _ a: (point: Point, ratio: Float), _ b: (point: Point, ratio: Float),
    _ c: (point: Point, ratio: Float), _ ratios: inout [Float?]
  ) {
    let (u, v) = (b.point - a.point, c.point - a.point)
    // Clockwise on screen looks to the camera.
    guard u.x * v.y - u.y * v.x > 0 else { return }
    let box = Box(around: [a.point, b.point, c.point])
    let end = Float(count - 1)
    let (left, top) = (max(0, box.x.rounded(.up)), max(0, box.y.rounded(.up)))
    let (right, bottom) = (min(end, box.x + box.width), min(end, box.y + box.height))
    for y in stride(from: top, through: bottom, by: 1) {
      for x in stride(from: left, through: right, by: 1) {
        let share = WarpMesh.shares(of: Point(x: x, y: y), in: (a.point, b.point, c.point))
        guard share.min() >= 0 else { continue }
        ratios[Int(y) * count + Int(x)] =
          share.x * a.ratio + share.y * b.ratio + share.z * c.ratio
      }
    }
  }

  /// Nodes beside known ones take the mean of those.
  private static func grow(_ ratios: inout [Float?]) {
    let before = ratios
    for y in 0..<count {
      for x in 0..<count where before[y * count + x] == nil {
        var (sum, known) = (Float(0), Float(0))
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
          let (nx, ny) = (x + dx, y + dy)
          guard nx >= 0, ny >= 0, nx < count, ny < count, let near = before[ny * count + nx]
          else { continue }
          (sum, known) = (sum + near, known + 1)
        }
        if known > 0 { ratios[y * count + x] = sum / known }
      }
    }
  }
}
