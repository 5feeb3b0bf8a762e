/// What a face does at one moment.
///
/// Zero is at rest with the eyes open.
public struct FaceExpression: Codable, Hashable, Sendable {
  /// 0 closed, 1 wide open.
  public var jawOpen: Float = 0
  /// Corners of the mouth: 1 a broad smile, −1 turned down.
  public var smile: Float = 0
  /// 1 rounded as in "oo", −1 stretched as in "ee".
  public var pucker: Float = 0
  /// Upper lid of the eye at image left, 0 open to 1 closed.
  public var blinkLeft: Float = 0
  /// Upper lid of the eye at image right, 0 open to 1 closed.
  public var blinkRight: Float = 0
  /// Lower lids, 0 relaxed to 1 narrowed.
  public var squint: Float = 0
  /// 1 raised, −1 lowered.
  public var browRaise: Float = 0
  /// Brows drawn together, 0 to 1.
  public var browFurrow: Float = 0
  /// Where the eyes look relative to the head, in degrees: + to image right.
  public var gazeYaw: Float = 0
  /// In degrees: + up.
  public var gazePitch: Float = 0

  public init() {}

  public static let neutral = FaceExpression()

  /// The expression of the mirrored face.
  public var mirrored: FaceExpression {
    var result = self
    result.blinkLeft = blinkRight
    result.blinkRight = blinkLeft
    result.gazeYaw = -gazeYaw
    return result
  }
}
