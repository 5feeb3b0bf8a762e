public import FaceCore

/// Follows people through consecutive frames: the same face in the next frame has the same track.
///
/// Faces are joined to tracks greedily, the nearest pair of landmarks first. A track lives through
/// some frames without its face, and ends at a cut. Everything it knows is in its value, so that
/// it can be stored and go on later as if nothing had happened.
public struct FaceTracker: Hashable, Sendable, Codable {
  public struct Options: Hashable, Sendable, Codable {
    /// How many frames in a row a face may be missing; more where frames between are not looked at.
    public var longestGap: Int
    /// How far landmarks may be, on average, from where the track expects them, in sizes of the
    /// face's box.
    public var reach: Float

    public init(longestGap: Int = 8, reach: Float = 0.35) {
      self.longestGap = longestGap
      self.reach = reach
    }
  }

  /// Frames between two that are looked at, at most, for a face in both to be one: about a second.
  private static let longestStep = 30

  public let options: Options
  private var tracks: [Track] = []
  /// The one looked at last; nil at first.
  private var lastFrame: Int?
  private var nextTrack = 0

  public init(options: Options = Options()) { self.options = options }

  /// Ends all tracks: faces after a cut are nobody seen before.
  public mutating func cut() { tracks = [] }

  /// The track of each face of a frame, in the order of the faces.
  ///
  /// Tracks count from 0 in the order in which they appear.
  ///
  /// `frame` is the frame's number; frames may be left out but must grow. Traps otherwise.
  public mutating func tracks(of faces: [Landmarks], frame: Int) -> [Int] {
    precondition(tracks.allSatisfy { $0.frame < frame }, "frames come in order")
    let (longestGap, lastFrame) = (options.longestGap, self.lastFrame)
    tracks.removeAll {
      frame - $0.frame > ($0.frame == lastFrame ? Self.longestStep : longestGap + 1)
    }
    self.lastFrame = frame
    var result = [Int?](repeating: nil, count: faces.count)
    var taken = Set<Int>()
    for pair in pairs(of: faces, frame: frame) {
      guard result[pair.face] == nil, !taken.contains(pair.track) else { continue }
      taken.insert(pair.track)
      result[pair.face] = tracks[pair.track].id
      tracks[pair.track].move(to: faces[pair.face], frame: frame)
    }
    return result.enumerated().map { index, track in
      if let track { return track }
      defer { nextTrack += 1 }
      tracks.append(Track(id: nextTrack, frame: frame, landmarks: faces[index]))
      return nextTrack
    }
  }

  /// All pairs within reach, nearest first; where two are equally near, the older track's first.
  private func pairs(
    of faces: [Landmarks], frame: Int
  ) -> [(distance: Float, track: Int, face: Int)] {
    var pairs: [(distance: Float, track: Int, face: Int)] = []
    for (track, known) in tracks.enumerated() {
      for (face, landmarks) in faces.enumerated() {
        let distance = known.distance(
          to: landmarks, frame: frame, goesOn: frame - known.frame <= options.longestGap + 1)
        if distance <= options.reach { pairs.append((distance, track, face)) }
      }
    }
    return pairs.sorted { $0 < $1 }
  }
}

/// A face as last seen.
private struct Track: Hashable, Sendable, Codable {
  let id: Int
  var frame: Int
  var landmarks: Landmarks
  /// Pixels a frame.
  var velocity = Point(x: 0, y: 0)

  init(id: Int, frame: Int, landmarks: Landmarks) {
    (self.id, self.frame, self.landmarks) = (id, frame, landmarks)
  }

  /// Mean distance between the landmarks and where they are expected, in sizes of the face.
  ///
  /// It `goesOn` as it moved unless frames between were not looked at: it may have turned back meanwhile.
  func distance(to other: Landmarks, frame: Int, goesOn: Bool) -> Float {
    let shift = velocity * Float(goesOn ? frame - self.frame : 0)
    var sum: Float = 0
    for (mine, theirs) in zip(landmarks.points, other.points) {
      sum += (mine + shift).distance(to: theirs)
    }
    let size = max(landmarks.box.area, other.box.area).squareRoot()
    return sum / Float(Landmarks.count) / max(size, 1)
  }

  mutating func move(to other: Landmarks, frame: Int) {
    let step = other.box.center - landmarks.box.center
    // Half of what was known stays, for a box trembles.
    velocity = (velocity + step * (1 / Float(frame - self.frame))) * 0.5
    landmarks = other
    self.frame = frame
  }
}
