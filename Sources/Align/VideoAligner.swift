public import FaceCore

/// Goes through the frames of a video and gives each face the track it belongs to.
///
/// Faces are searched for in the whole frame now and then, at once after a cut and when one is
/// lost; between, they are followed. All state is in the value: stored after a frame and read
/// again, it goes on as if nothing had happened.
public struct VideoAligner: Hashable, Sendable, Codable {
  /// A face and whom it belongs to.
  public struct Face: Hashable, Sendable {
    public let face: AlignedFace
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

  /// Frames from one search of the whole frame to the next; 1 searches every frame.
  public let searchInterval: Int
  private var tracker: FaceTracker
  private var shots = ShotDetector()
  private var shot = 0
  private var last: [Landmarks] = []
  private var framesSinceSearch: Int?

  public init(
    searchInterval: Int = 10, tracking: FaceTracker.Options = FaceTracker.Options()
  ) {
    precondition(searchInterval > 0, "an interval is at least one frame")
    self.searchInterval = searchInterval
    tracker = FaceTracker(options: tracking)
  }

  /// The faces of the next frame.
  ///
  /// `number` is the frame's in the video and grows; traps otherwise. Throws `AlignError.failed`.
  public mutating func frame(
    _ image: Image, number: Int, using aligner: FaceAligner
  ) throws(AlignError) -> Frame {
    let isCut = shots.isCut(image)
    if isCut {
      shot += 1
      tracker.cut()
      framesSinceSearch = nil
    }
    let faces = try self.faces(of: image, using: aligner)
    last = faces.map(\.landmarks)
    let tracks = tracker.tracks(of: last, frame: number)
    return Frame(
      isCut: isCut, shot: shot, faces: zip(faces, tracks).map { Face(face: $0, track: $1) })
  }

  private mutating func faces(
    of image: Image, using aligner: FaceAligner
  ) throws(AlignError) -> [AlignedFace] {
    var followed: [AlignedFace] = []
    if let elapsed = framesSinceSearch {
      let again = try aligner.faces(in: image, following: last)
      followed = again.compactMap { $0 }
      if elapsed + 1 < searchInterval, followed.count == again.count,
        VideoAligner.distinct(followed).count == followed.count
      {
        framesSinceSearch = elapsed + 1
        return VideoAligner.ordered(followed)
      }
    }
    framesSinceSearch = 0
    // A search may miss a face that is turned too far, which can still be followed.
    return VideoAligner.ordered(
      VideoAligner.distinct(try aligner.faces(in: image) + followed))
  }

  /// Without those that lie over an earlier one.
  private static func distinct(_ faces: [AlignedFace]) -> [AlignedFace] {
    faces.reduce(into: []) { kept, face in
      if kept.allSatisfy({ $0.box.overlap(with: face.box) < 0.4 }) { kept.append(face) }
    }
  }

  private static func ordered(_ faces: [AlignedFace]) -> [AlignedFace] {
    faces.sorted { ($0.box.center.x, $0.box.y) < ($1.box.center.x, $1.box.y) }
  }
}
