import FaceCore

/// The mean face in the unit square that DeepFaceLab's crops are built on, so that its models and
/// ours see the same square (interoperability data; the crops are described in `FaceType`).
enum MeanFace {
  /// Landmarks 17 to 48, and 54.
  static let indices: [Int] = Array(17...48) + [54]

  /// Where the mean face has them; x right, y down.
  static let points: [Point] = zip(xs, ys).map { Point(x: $0, y: $1) }

  private static let xs: [Float] = [
    0.000213256, 0.0752622, 0.18113, 0.29077, 0.393397, 0.586856, 0.689483, 0.799124, 0.904991,
    0.98004, 0.490127, 0.490127, 0.490127, 0.490127, 0.36688, 0.426036, 0.490127, 0.554217,
    0.613373, 0.121737, 0.187122, 0.265825, 0.334606, 0.260918, 0.182743, 0.645647, 0.714428,
    0.793132, 0.858516, 0.79751, 0.719335, 0.254149, 0.726104,
  ]

  private static let ys: [Float] = [
    0.106454, 0.038915, 0.0187482, 0.0344891, 0.0773906, 0.0773906, 0.0344891, 0.0187482,
    0.038915, 0.106454, 0.203352, 0.307009, 0.409805, 0.515625, 0.587326, 0.609345, 0.628106,
    0.609345, 0.587326, 0.216423, 0.178758, 0.179852, 0.231733, 0.245099, 0.244077, 0.231733,
    0.179852, 0.178758, 0.216423, 0.244077, 0.245099, 0.780233, 0.780233,
  ]

  /// Pixels of the frame to the unit square.
  static func fit(_ landmarks: Landmarks) -> AffineTransform {
    .similarity(from: indices.map { landmarks[$0] }, to: points)
  }
}
