public import FaceCore

/// A face found in a frame, not yet aligned.
public struct Detection: Hashable, Sendable, Codable {
  /// In pixels of the frame; may reach outside.
  public var box: Box
  /// How far the face is above the detector's threshold; 0 is just found, 1 and more is clear.
  ///
  /// Of the built-in networks what `FoundFace.evidence` says.
  public var score: Float
  /// In pixels of the frame, where they were placed to vouch for the face; nil where the detector finds
  /// boxes only.
  public var landmarks: Landmarks?
  /// How far those of these landmarks that can be seen are likely off, percent of the root of their
  /// box's area; nil where nothing tells.
  public var doubt: Float?

  public init(box: Box, score: Float, landmarks: Landmarks? = nil, doubt: Float? = nil) {
    (self.box, self.score, self.landmarks, self.doubt) = (box, score, landmarks, doubt)
  }

  /// Found in a part of a frame: `scale` pixels of the frame are one of the part's, whose corner is that
  /// of `part`.
  package func moved(from part: Box, scale: Float) -> Detection {
    Detection(
      box: Box(
        x: part.x + box.x * scale, y: part.y + box.y * scale, width: box.width * scale,
        height: box.height * scale),
      score: score,
      landmarks: landmarks?.mapped(
        by: .scale(Double(scale)).then(.translation(x: Double(part.x), y: Double(part.y)))),
      doubt: doubt)
  }

  /// Whether its landmarks are these, as near as two looks at one face come.
  func isSameFace(as other: Landmarks?) -> Bool {
    guard let landmarks, let other else { return false }
    return landmarks.box.overlap(with: other.box) > 0.5
  }

  /// Left to right.
  package static func sorted(_ detections: [Detection]) -> [Detection] {
    detections.sorted {
      ($0.box.center.x, $0.box.y, $0.score) < ($1.box.center.x, $1.box.y, $1.score)
    }
  }

  /// The one that lies most on the box; nil where none does.
  package static func expected(at box: Box, among found: [Detection]) -> Detection? {
    let best = sorted(found).max { $0.box.overlap(with: box) < $1.box.overlap(with: box) }
    guard let best, best.box.overlap(with: box) > leastOverlap else { return nil }
    return best
  }

  /// Of a box with the one that is expected.
  static let leastOverlap: Float = 0.3
}
