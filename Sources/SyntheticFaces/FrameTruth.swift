public import FaceCore
public import Foundation

/// What is true of one frame: one line of the truth file.
public struct FrameTruth: Codable, Hashable, Sendable {
  /// Ordinal from 0.
  public var frame: Int
  /// Whose head it is.
  public var identity: String
  /// Whose face it is; differs from `identity` in a swap's right answer.
  public var face: String
  public var pose: Pose
  /// In pixels of the frame.
  public var landmarks: Landmarks
  public var expression: FaceExpression
  /// See `SceneLight.truth(pose:)`.
  public var light: Light

  public init(
    frame: Int, identity: String, face: String, pose: Pose, landmarks: Landmarks,
    expression: FaceExpression, light: Light
  ) {
    (self.frame, self.identity, self.face) = (frame, identity, face)
    (self.pose, self.landmarks, self.expression, self.light) = (pose, landmarks, expression, light)
  }

  /// The line of a JSON-lines file, without its end of line; keys are sorted.
  public func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  public init(line: Data) throws {
    self = try JSONDecoder().decode(FrameTruth.self, from: line)
  }

  private enum CodingKeys: String, CodingKey {
    case frame, identity, face, quaternion, yaw, pitch, roll, landmarks, expression, light
  }

  /// The angles are written for people; the quaternion (w, x, y, z) is what is read.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    frame = try values.decode(Int.self, forKey: .frame)
    identity = try values.decode(String.self, forKey: .identity)
    face = try values.decode(String.self, forKey: .face)
    let q = try values.decode([Double].self, forKey: .quaternion)
    let h = try values.decode([Float].self, forKey: .light)
    guard q.count == 4, q.contains(where: { $0 != 0 }), h.count == 9 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a quaternion has 4 numbers and light has 9"))
    }
    pose = Pose(w: q[0], x: q[1], y: q[2], z: q[3])
    landmarks = try values.decode(Landmarks.self, forKey: .landmarks)
    expression = try values.decode(FaceExpression.self, forKey: .expression)
    light = Light(harmonics: h)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(frame, forKey: .frame)
    try values.encode(identity, forKey: .identity)
    try values.encode(face, forKey: .face)
    try values.encode([pose.w, pose.x, pose.y, pose.z], forKey: .quaternion)
    try values.encode(pose.yaw, forKey: .yaw)
    try values.encode(pose.pitch, forKey: .pitch)
    try values.encode(pose.roll, forKey: .roll)
    try values.encode(landmarks, forKey: .landmarks)
    try values.encode(expression, forKey: .expression)
    try values.encode(light.harmonics, forKey: .light)
  }
}
