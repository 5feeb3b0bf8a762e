/// A small turn of a head in a picture: its landmarks, with the depth they have on the mean head, are
/// turned and seen again, and the picture between them follows.
///
/// The turned face is brought back to the place and size it had, as a crop cut anew would have it. Some
/// points of the forehead and of the head's outline turn along; what is far from the face stays.
package struct FaceTurn: Sendable {
  package let mesh: WarpMesh
  /// In pixels, after the turn: just where the mesh brings them.
  package let landmarks: Landmarks
  /// After the turn.
  package let pose: Pose
  /// Which part of the face as it was seen is hidden after the turn, 0 to 1.
  package let hiddenShare: Double

  /// - Parameters:
  ///   - landmarks: In pixels of a square picture.
  ///   - pose: As seen in that picture.
  ///   - side: Of the picture, in pixels.
  package init(landmarks: Landmarks, pose: Pose, by turn: FaceVariant.Turn, side: Int) {
    let after = pose.turned(by: turn)
    let head = TurnedHead(landmarks: landmarks, from: pose, to: after)
    var from = FaceTurn.frame(around: landmarks, side: side)
    var to = from
    let frame = from.count
    // What is around the head is behind it.
    var depths = [Float](repeating: 400, count: frame)
    // Points closer than this would make slivers.
    let least = Float(2.5 * head.place.scale)
    func add(_ point: Point, _ place: SIMD3<Double>) {
      guard from.allSatisfy({ $0.distance(to: point) > least }) else { return }
      from.append(point)
      to.append(head.moved(point, place))
      depths.append(head.depth(place))
    }
    for index in FaceTurn.controls {
      add(landmarks[index], HeadModel.points[index])
    }
    for index in 17..<27 {
      let above = SIMD3(0, -30.0, 9)
      add(landmarks[index] + head.seen(above), HeadModel.points[index] + above)
    }
    for place in FaceTurn.outline where head.sees(place) {
      add(head.place.seen(place, pose), place)
    }
    let mesh = WarpMesh(from: from, to: to, depths: depths)
    hiddenShare = Double(mesh.hiddenShare(from: frame))
    (self.mesh, self.pose) = (mesh, after)
    self.landmarks = Landmarks(landmarks.points.map(mesh.moved))
  }

  /// How many times the part of the face that is stretched most is larger after a turn; infinite where
  /// something is shown that was hidden.
  ///
  /// The outermost zones are left out: they are the first to turn away.
  package static func stretch(from pose: Pose, by turn: FaceVariant.Turn) -> Double {
    let (before, after) = (pose.matrix, pose.turned(by: turn).matrix)
    func facing(_ m: [Double], _ n: SIMD3<Double>) -> Double {
      -(m[6] * n.x + m[7] * n.y + m[8] * n.z)
    }
    return FaceSurface.zones.reduce(1) { most, zone in
      let shown = facing(after, zone.normal)
      // What hardly shows may be anything.
      guard abs(zone.column) <= 4, shown > 0.2 else { return most }
      let seen = facing(before, zone.normal)
      return max(most, seen > 0 ? shown / seen : .infinity)
    }
  }

  /// Whether a turn shows nothing that was hidden, or next to nothing.
  package static func showsOnlyWhatIsSeen(from pose: Pose, by turn: FaceVariant.Turn) -> Bool {
    stretch(from: pose, by: turn) <= stretchLimit
  }

  /// Rendered heads that are turned back from 25° and more are off by more than the turn is worth: their
  /// far eye is drawn out.
  private static let stretchLimit = 3.0

  /// Landmarks that lead: without lids and inner lips, which may lie on each other, and the jaw's only
  /// where no other is near.
  package static let controls =
    Array(17..<36) + [36, 39, 42, 45] + Array(48..<60) + Array(Landmarks.jaw)

  /// Points of the head around the face, in its frame: crown, temples and ears.
  private static let outline: [SIMD3<Double>] = [
    SIMD3(0, -105, 40), SIMD3(-45, -92, 45), SIMD3(45, -92, 45), SIMD3(-72, -55, 55),
    SIMD3(72, -55, 55), SIMD3(-80, -15, 65), SIMD3(80, -15, 65), SIMD3(-80, 25, 70),
    SIMD3(80, 25, 70),
  ]

  /// Points that stay: around the picture, or around the landmarks where those reach out of it.
  private static func frame(
    around landmarks: Landmarks, side: Int
  ) -> [Point] {
    let box = landmarks.box
    let rim = 0.6 * max(box.width, box.height, 1)
    let (low, high) = (
      Point(x: min(0, box.x - rim), y: min(0, box.y - rim)),
      Point(
        x: max(Float(side), box.x + box.width + rim), y: max(Float(side), box.y + box.height + rim))
    )
    return (0..<4).flatMap { step -> [Point] in
      let (a, b) = (Float(step) / 4, 1 - Float(step) / 4)
      let (ax, ay) = (low.x * b + high.x * a, low.y * b + high.y * a)
      let (bx, by) = (low.x * a + high.x * b, low.y * a + high.y * b)
      return [
        Point(x: ax, y: low.y), Point(x: high.x, y: ay), Point(x: bx, y: high.y),
        Point(x: low.x, y: by),
      ]
    }
  }
}

/// The mean head before and after a turn, seen at a face's place.
private struct TurnedHead {
  let place: HeadPlace
  private let before: Pose
  /// What the turn adds to a head point's place in the picture, a row each for x and y.
  private let across, down: SIMD3<Double>
  /// Away from the camera in the head frame, before and after.
  private let away, awayAfter: SIMD3<Double>
  /// Brings the turned face back to its place.
  private var settle = AffineTransform.identity

  init(landmarks: Landmarks, from before: Pose, to after: Pose) {
    place = HeadPlace(of: landmarks, pose: before)
    self.before = before
    let (m, n) = (before.matrix, after.matrix)
    across = SIMD3(n[0] - m[0], n[1] - m[1], n[2] - m[2]) * place.scale
    down = SIMD3(n[3] - m[3], n[4] - m[4], n[5] - m[5]) * place.scale
    (away, awayAfter) = (SIMD3(m[6], m[7], m[8]), SIMD3(n[6], n[7], n[8]))
    // Those the crop was aligned by, but for the jaw's, which slide.
    let aligned = Array(17...48) + [54]
    settle = .similarity(
      from: aligned.map { moved(landmarks[$0], HeadModel.points[$0]) },
      to: aligned.map { landmarks[$0] })
  }

  /// Where the turn brings a point of the picture that shows this point of the head.
  ///
  /// What goes behind the head's edge is the edge: it slides over the head as that turns, and moves as
  /// the middle of what it goes around.
  func moved(_ point: Point, _ head: SIMD3<Double>) -> Point {
    let offset = head - SIMD3(0, head.y, TurnedHead.middle)
    let behind = (away * offset).sum()
    let hides = behind > 0 && (awayAfter * offset).sum() > behind
    let seen = hides ? head - away * behind : head
    return settle.apply(
      point + Point(x: Float((across * seen).sum()), y: Float((down * seen).sum())))
  }

  /// The depth of what the sides of a face go around, in head units.
  private static let middle = 42.0

  /// How far away a point of the head is after the turn, in head units.
  func depth(_ head: SIMD3<Double>) -> Float { Float((awayAfter * head).sum()) }

  /// A step in the head frame as it is seen, in pixels.
  func seen(_ step: SIMD3<Double>) -> Point {
    place.seen(step, before) - place.seen(.zero, before)
  }

  /// Whether a point of the head's outline is before its edge.
  func sees(_ point: SIMD3<Double>) -> Bool {
    let normal = point - SIMD3(0, 0, 60)
    let m = before.matrix
    let away = m[6] * normal.x + m[7] * normal.y + m[8] * normal.z
    return away < 0.35 * (normal * normal).sum().squareRoot()
  }
}
