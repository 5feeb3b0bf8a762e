public import FaceCore

/// A face that an installed network found.
public struct DetectedFace: Hashable, Sendable, Codable {
  /// In pixels of the picture; may reach outside.
  public var box: Box
  /// 0 to 1, as the network says.
  public var score: Float
  /// Nil where the network finds none.
  public var points: FivePoints?

  public init(box: Box, score: Float, points: FivePoints? = nil) {
    (self.box, self.score, self.points) = (box, score, points)
  }

  /// The same in a picture that is so many times as large.
  func scaled(across: Float, down: Float) -> DetectedFace {
    DetectedFace(
      box: Box(
        x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down),
      score: score,
      points: points.map { points in
        FivePoints(points.all.map { Point(x: $0.x * across, y: $0.y * down) })
      })
  }

  /// Drops what a surer face covers, the surest first; of two that score the same, the earlier stays.
  ///
  /// Faces cover each other when they overlap by more than `limit` (area of the intersection over area
  /// of the union). What has no finite size is left out.
  public static func best(of faces: [DetectedFace], overlap limit: Float) -> [DetectedFace] {
    let order = faces.indices.filter { faces[$0].box.area.isFinite }.sorted {
      (faces[$1].score, $0) < (faces[$0].score, $1)
    }
    var kept: [DetectedFace] = []
    for index in order where kept.allSatisfy({ $0.box.overlap(with: faces[index].box) <= limit }) {
      kept.append(faces[index])
    }
    return kept
  }
}

/// Eyes, nose and corners of the mouth, in pixels; "left" is the left of the image.
public struct FivePoints: Hashable, Sendable, Codable {
  /// Left eye, right eye, tip of the nose, left and right corner of the mouth.
  public let all: [Point]

  /// Traps unless there are five, in this order.
  public init(_ points: [Point]) {
    precondition(points.count == 5, "five points are five")
    all = points
  }

  public init(of landmarks: Landmarks) {
    self.init([
      landmarks.mean(of: Landmarks.leftEye), landmarks.mean(of: Landmarks.rightEye),
      landmarks[30], landmarks[48], landmarks[54],
    ])
  }

  /// Written as five pairs `[x, y]`.
  public init(from decoder: any Decoder) throws {
    let points = try decoder.singleValueContainer().decode([Point].self)
    guard points.count == 5 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "five points are five"))
    }
    self.init(points)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(all)
  }
}
