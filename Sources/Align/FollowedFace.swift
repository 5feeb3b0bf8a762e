import FaceCore

/// A face on its way through a shot: what it takes to find it again in the next frame.
///
/// The landmark predictor needs the box in which the detector would put the face. That box lies
/// nearly still on the face, so it is carried by the landmarks of the frame before; now and then,
/// and on every doubt, the detector itself looks again.
struct FollowedFace: Hashable, Sendable, Codable {
  private(set) var box: Box
  /// The detector's, when it last looked.
  private(set) var score: Float
  private(set) var landmarks: Landmarks
  /// Of the landmarks, see `PlacedLandmarks`.
  private(set) var doubt: Float?
  private var frame: Int
  /// Pixels a frame.
  private var velocity = Point(x: 0, y: 0)
  /// The detector's box in units of the mean face.
  private var seat: Box
  private var template: FaceTemplate
  /// `headMisfit` when the detector last looked.
  private var misfit: Double
  private var framesSinceLook = 0

  init(_ found: Detection, placed: PlacedLandmarks, in luma: GrayImage, frame: Int) {
    let landmarks = placed.landmarks
    (box, score, self.frame) = (found.box, found.score, frame)
    (self.landmarks, doubt) = (landmarks, placed.doubt)
    seat = FollowedFace.seat(of: found.box, on: landmarks)
    template = FaceTemplate(luma, landmarks: landmarks)
    misfit = headMisfit(of: landmarks)
  }

  /// What may change from one look of the detector to the next before it is asked again.
  enum Limit {
    /// Of the box between where it is expected and where the landmarks put it, in its sides.
    static let shift: Float = 0.08
    /// Of the box's side, as a factor.
    static let growth: Float = 1.1
    /// Of the template, at least.
    static let likeness = 0.75
    /// Growth of the misfit.
    static let misfit = 0.04
  }

  /// Goes on to the next frame; false when the face is not there any more.
  ///
  /// Throws `AlignError.failed`.
  mutating func follow(
    in luma: GrayImage, frame: Int, checkInterval: Int, using aligner: FaceAligner
  ) throws(AlignError) -> Bool {
    let elapsed = Float(frame - self.frame)
    let shift = velocity * min(elapsed, 3)
    let shifted = landmarks.mapped(by: .translation(x: Double(shift.x), y: Double(shift.y)))
    let expected = FollowedFace.box(at: seat, on: shifted)
    if framesSinceLook + 1 < checkInterval {
      let placed = try aligner.finder.landmarks(in: luma, box: expected, near: shifted)
      if isLikely(placed.landmarks, expected: expected, in: luma) {
        framesSinceLook += 1
        move(to: placed, box: FollowedFace.box(at: seat, on: placed.landmarks), frame: frame)
        return true
      }
    }
    guard
      let near = try aligner.finder.detection(in: luma, near: expected, expected: shifted)
    else { return false }
    try look(
      at: near, expected: (expected, shifted), in: luma, frame: frame, using: aligner)
    return true
  }

  /// Takes over what the detector saw, which trembles by a cell of its grid: where the two agree
  /// the face stays half where it was expected.
  private mutating func look(
    at near: Detection, expected: (box: Box, landmarks: Landmarks), in luma: GrayImage, frame: Int,
    using aligner: FaceAligner
  ) throws(AlignError) {
    let agrees = near.box.overlap(with: expected.box) > 0.8
    let placed =
      near.landmarks == nil && agrees
      ? try aligner.finder.landmarks(
        in: luma, box: FollowedFace.middle(near.box, expected.box), near: expected.landmarks)
      : try aligner.finder.landmarks(in: luma, of: near)
    let newSeat = FollowedFace.seat(of: near.box, on: placed.landmarks)
    seat = agrees ? FollowedFace.middle(seat, newSeat) : newSeat
    score = near.score
    template = FaceTemplate(luma, landmarks: placed.landmarks)
    misfit = headMisfit(of: placed.landmarks)
    framesSinceLook = 0
    move(to: placed, box: near.box, frame: frame)
  }

  private func isLikely(_ placed: Landmarks, expected: Box, in luma: GrayImage) -> Bool {
    let now = FollowedFace.box(at: seat, on: placed)
    let growth = now.width / expected.width
    let frame = Box(x: 0, y: 0, width: Float(luma.width), height: Float(luma.height))
    guard now.center.distance(to: expected.center) < Limit.shift * expected.width,
      growth < Limit.growth, growth > 1 / Limit.growth,
      frame.x <= now.center.x, now.center.x <= frame.width, now.center.y <= frame.height,
      frame.y <= now.center.y
    else { return false }
    let misfit = headMisfit(of: placed)
    return misfit < self.misfit + Limit.misfit
      && FaceTemplate(luma, landmarks: placed).likeness(to: template) > Limit.likeness
  }

  private mutating func move(to placed: PlacedLandmarks, box: Box, frame: Int) {
    let step =
      (placed.landmarks.box.center - landmarks.box.center) * (1 / Float(frame - self.frame))
    // Half of what was known stays, for landmarks tremble.
    velocity = (velocity + step) * 0.5
    (landmarks, doubt) = (placed.landmarks, placed.doubt)
    self.box = box
    self.frame = frame
  }

  /// The upright box in units of the mean face, its corner counted from the middle of the face.
  private static func seat(of box: Box, on landmarks: Landmarks) -> Box {
    let unit = MeanFace.fit(landmarks)
    let center = unit.apply(box.center)
    let scale = Float(unit.meanScale)
    return Box(
      x: center.x, y: center.y, width: box.width * scale, height: box.height * scale)
  }

  private static func box(at seat: Box, on landmarks: Landmarks) -> Box {
    let unit = MeanFace.fit(landmarks)
    let center = unit.inverse.apply(Point(x: seat.x, y: seat.y))
    let scale = Float(1 / unit.meanScale)
    let (width, height) = (seat.width * scale, seat.height * scale)
    return Box(x: center.x - width / 2, y: center.y - height / 2, width: width, height: height)
  }

  private static func middle(_ a: Box, _ b: Box) -> Box {
    Box(
      x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, width: (a.width + b.width) / 2,
      height: (a.height + b.height) / 2)
  }
}
