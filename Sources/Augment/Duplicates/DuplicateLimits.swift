import FaceCore

/// How much two faces may differ and still show one moment.
public struct DuplicateLimits: Hashable, Sendable {
  /// Bits of the hash.
  public var distance: Int
  /// Angle between the poses, in degrees.
  public var rotation: Double
  /// Root of the mean squared distance of landmarks, in units of the face.
  public var shape: Float
  /// Difference of the measures of mouth and eyes.
  public var mouth: Float
  public var eyes: Float
  /// Difference of the light's first order over its constant.
  public var light: Float

  public init(
    distance: Int, rotation: Double, shape: Float, mouth: Float, eyes: Float, light: Float
  ) {
    (self.distance, self.rotation, self.shape) = (distance, rotation, shape)
    (self.mouth, self.eyes, self.light) = (mouth, eyes, light)
  }

  /// Of two faces of which nothing else is known: a smile that begins is beyond.
  public static let plain = DuplicateLimits(
    distance: 31, rotation: 2.5, shape: 0.0035, mouth: 0.008, eyes: 0.002, light: 0.1)

  /// Of two frames of copies of one footage: other encoders, sizes and tone curves move what is
  /// measured, light most of all.
  public var ofCopies: DuplicateLimits {
    DuplicateLimits(
      distance: distance * 3 / 2, rotation: 2 * rotation, shape: 4 * shape, mouth: 4 * mouth,
      eyes: 4 * eyes, light: 20 * light)
  }

  /// Of two copies of one frame, known to be that by their time.
  public var ofOneFrame: DuplicateLimits {
    DuplicateLimits(
      distance: distance * 2, rotation: 3 * rotation, shape: 6 * shape, mouth: 6 * mouth,
      eyes: 6 * eyes, light: 20 * light)
  }

  /// The largest of the differences of two faces, each as a share of its limit: they are near where
  /// it is at most 1; nil where one is beyond.
  ///
  /// What one of them lacks is no difference.
  func separation(of a: FaceTraits, _ b: FaceTraits) -> Float? {
    let bits = a.hash.distance(to: b.hash)
    guard bits <= distance else { return nil }
    var most = distance > 0 ? Float(bits) / Float(distance) : 0
    func add(_ difference: Float, _ limit: Float) { most = max(most, difference / limit) }
    add(Float(a.pose.angle(to: b.pose)), Float(rotation))
    if let mine = a.mouth, let theirs = b.mouth { add(abs(mine - theirs), mouth) }
    if let mine = a.eyes, let theirs = b.eyes { add(abs(mine - theirs), eyes) }
    if let mine = a.light, let theirs = b.light {
      let difference = mine - theirs
      add((difference * difference).sum().squareRoot(), light)
    }
    guard most <= 1 else { return nil }
    add(a.shapeDistance(to: b), shape)
    return most <= 1 ? most : nil
  }
}
