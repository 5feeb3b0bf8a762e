public import FaceCore

/// What of a face decides whether another shows the same moment.
public struct FaceTraits: Sendable {
  public var hash: FaceHash
  /// Equal for equal bytes of the crop, and for them alone.
  public var content: SIMD2<UInt64>
  /// Numbers of the video, of the track in it and of the frame, from 0.
  public var video: Int
  public var track: Int
  public var frame: Int
  /// The frame's time in the video.
  public var seconds: Double
  /// Who it is, by a number; nil for nobody.
  public var person: Int?
  public var pose: Pose
  /// How much it differs from the face of its track a frame before (`faceChange`); nil where there is
  /// none.
  public var change: Float?
  /// How far mouth and eyes are open, as ratios; nil where it was not measured.
  public var mouth: Float?
  public var eyes: Float?
  /// First order of the light over its constant, x right, y down, z away; nil where it is unknown.
  public var light: SIMD3<Float>?
  /// Landmarks brows to lips in units of the face, x and y in turn, in 8192nds.
  let shape: [Int16]

  /// `shape` in units of the face's width, of any point count that is the same for all.
  public init(
    hash: FaceHash, content: SIMD2<UInt64>, video: Int, track: Int, frame: Int, seconds: Double,
    person: Int? = nil, pose: Pose, change: Float? = nil, mouth: Float? = nil, eyes: Float? = nil,
    light: Light? = nil,
    shape: [Point]
  ) {
    (self.hash, self.content, self.video, self.track) = (hash, content, video, track)
    (self.frame, self.seconds, self.person, self.pose) = (frame, seconds, person, pose)
    (self.change, self.mouth, self.eyes) = (change, mouth, eyes)
    self.light = light.map { light in
      let h = light.harmonics
      return SIMD3(h[3], h[1], h[2]) / max(h[0], .leastNormalMagnitude)
    }
    self.shape = shape.flatMap { point in
      [point.x, point.y].map { Int16(max(-32000, min(32000, ($0 * 8192).rounded()))) }
    }
  }

  /// Root of the mean squared distance of the landmarks, in units of the face.
  func shapeDistance(to other: FaceTraits) -> Float {
    let (mine, theirs) = (shape.span, other.shape.span)
    guard mine.count == theirs.count, mine.count > 0 else { return 0 }
    var sum: Int64 = 0
    for index in 0..<mine.count {
      let difference = Int32(mine[index]) - Int32(theirs[index])
      sum += Int64(difference) * Int64(difference)
    }
    return (Float(sum) / Float(mine.count / 2)).squareRoot() / 8192
  }
}
