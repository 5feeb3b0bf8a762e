public import FaceCore

/// Goes through the frames of a video and gives each face the track it belongs to.
///
/// The whole frame is searched closely when a shot begins and less closely now and then; between,
/// faces are followed. All state is in the value: stored after a frame and read again, it goes on
/// as if nothing had happened.
public struct VideoAligner: Hashable, Sendable, Codable {
  /// A face and whom it belongs to, in pixels of the frame.
  public struct Face: Hashable, Sendable {
    /// What the detector framed, or would have.
    public let box: Box
    /// The detector's when it last looked; 0 is just found, 1 and more is clear.
    public let score: Float
    public let landmarks: Landmarks
    /// Of the landmarks, see `PlacedLandmarks`.
    public let doubt: Float?
    /// Tracks count from 0 through the whole video.
    public let track: Int
  }

  /// What a frame holds.
  public struct Frame: Hashable, Sendable {
    /// The first frame of a new shot; shots count from 0.
    public let isCut: Bool
    public let shot: Int
    /// Left to right.
    public let faces: [Face]
  }

  /// How often the detector looks, in frames.
  public struct Options: Hashable, Sendable, Codable {
    /// From one search of the whole frame to the next, for faces of a thirtieth of its longer side and
    /// more; each fourth time for faces half as large.
    public var searchInterval: Int
    /// From one search to the next for the smallest faces the detector finds; the first frame of
    /// a shot is searched so, too.
    public var thoroughInterval: Int
    /// From one look at a followed face to the next.
    public var checkInterval: Int

    public init(searchInterval: Int = 15, thoroughInterval: Int = 240, checkInterval: Int = 10) {
      precondition(
        searchInterval > 0 && thoroughInterval > 0 && checkInterval > 0,
        "an interval is at least one frame")
      self.searchInterval = searchInterval
      self.thoroughInterval = thoroughInterval
      self.checkInterval = checkInterval
    }

    /// How closely the frame of this number in its shot is searched; nil when it is not.
    func depth(atFrame frame: Int, isLost: Bool) -> FaceAligner.Depth? {
      if frame % thoroughInterval == 0 { return .thorough }
      if frame % (4 * searchInterval) == 0 { return .plain }
      return frame % searchInterval == 0 || isLost ? .quick : nil
    }
  }

  public let options: Options
  private var tracker: FaceTracker
  private var shots = ShotDetector()
  private var shot = 0
  private var followed: [FollowedFace] = []
  /// Faces that were lost not long ago, with the frames since.
  private var lost: [LostFace] = []
  private var framesInShot = 0

  public init(
    options: Options = Options(), tracking: FaceTracker.Options = FaceTracker.Options()
  ) {
    self.options = options
    tracker = FaceTracker(options: tracking)
  }

  /// The faces of the next frame.
  ///
  /// `number` is the frame's in the video and grows; traps otherwise. Throws `AlignError.failed`.
  public mutating func frame(
    _ image: Image, number: Int, using aligner: FaceAligner
  ) throws(AlignError) -> Frame {
    try frame(GrayImage(image), number: number, using: aligner)
  }

  /// The same from the luma of the frame alone.
  public mutating func frame(
    _ luma: GrayImage, number: Int, using aligner: FaceAligner
  ) throws(AlignError) -> Frame {
    let isCut = shots.isCut(luma)
    if isCut {
      shot += 1
      tracker.cut()
      (followed, lost) = ([], [])
      framesInShot = 0
    }
    let isLost = try goOn(in: luma, frame: number, using: aligner)
    if let depth = options.depth(atFrame: framesInShot, isLost: isLost) {
      try search(in: luma, depth: depth, frame: number, using: aligner)
    }
    framesInShot += 1
    followed.sort { ($0.box.center.x, $0.box.y) < ($1.box.center.x, $1.box.y) }
    let tracks = tracker.tracks(of: followed.map(\.landmarks), frame: number)
    return Frame(
      isCut: isCut, shot: shot,
      faces: zip(followed, tracks).map {
        Face(
          box: $0.box, score: $0.score, landmarks: $0.landmarks, doubt: $0.doubt, track: $1)
      })
  }

  /// Follows all faces, looks for those lost; true when one has just been lost or two have become
  /// one.
  private mutating func goOn(
    in luma: GrayImage, frame: Int, using aligner: FaceAligner
  ) throws(AlignError) -> Bool {
    let before = followed
    followed = []
    var isLost = false
    for old in before {
      var face = old
      let isThere = try face.follow(
        in: luma, frame: frame, checkInterval: options.checkInterval, using: aligner)
      if !isThere { lost.append(LostFace(box: old.box)) }
      if isThere && isNew(face.box) { followed.append(face) } else { isLost = true }
    }
    try lookForLost(in: luma, frame: frame, using: aligner)
    return isLost
  }

  /// A face that was covered or turned away is likely to be back where it was, however small, long
  /// before the frame is searched so closely again.
  private mutating func lookForLost(
    in luma: GrayImage, frame: Int, using aligner: FaceAligner
  ) throws(AlignError) {
    for index in lost.indices {
      lost[index].frames += 1
      guard lost[index].frames > 1, lost[index].frames % options.checkInterval == 0 else {
        continue
      }
      let found = try aligner.finder.detection(
        in: luma, near: lost[index].box, expected: nil)
      if let found { try add(found, in: luma, frame: frame, using: aligner) }
    }
    lost = lost.filter { $0.frames <= LostFace.patience && isNew($0.box) }
  }

  /// Adds the faces that are not followed yet.
  private mutating func search(
    in luma: GrayImage, depth: FaceAligner.Depth, frame: Int, using aligner: FaceAligner
  ) throws(AlignError) {
    let found = try aligner.finder.detections(in: luma, depth: depth, where: isNew)
    for found in found {
      try add(found, in: luma, frame: frame, using: aligner)
    }
  }

  private mutating func add(
    _ found: Detection, in luma: GrayImage, frame: Int, using aligner: FaceAligner
  ) throws(AlignError) {
    guard isNew(found.box) else { return }
    let placed = try aligner.finder.landmarks(in: luma, of: found)
    // Of a part of a face that is followed already the box is new, the landmarks are not.
    guard !followed.contains(where: { found.isSameFace(as: $0.landmarks) }) else { return }
    followed.append(FollowedFace(found, placed: placed, in: luma, frame: frame))
  }

  /// Whether no face that is followed is in the box, or the box in its.
  private func isNew(_ box: Box) -> Bool {
    followed.allSatisfy {
      $0.box.overlap(with: box) <= 0.4 && $0.box.containment(with: box) <= 0.7
    }
  }
}

/// Where a face was seen last.
private struct LostFace: Hashable, Sendable, Codable {
  let box: Box
  var frames = 0

  init(box: Box) { self.box = box }

  /// Frames for which it is looked for.
  static let patience = 60
}
