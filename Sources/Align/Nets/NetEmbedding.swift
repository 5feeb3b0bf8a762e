package import FaceCore
package import Networks

/// Says who a face is with the built-in network.
///
/// It has buffers of its own: make one for each thread.
package final class NetEmbedding {
  /// Changes whenever the same face gets other numbers.
  package static let version =
    FaceNetFiles.digest(of: [.embedding]).map { "built-in-2+\($0)" } ?? "built-in-2"

  /// Mean cosine from which two groups of tracks are taken for one person: so high that of 398 tracks of
  /// 120 people no two people became one (the first at 0.80), and neither did any of the 15 real clips.
  package static let threshold: Float = 0.83

  /// The array of a file of weights that holds what they say of strangers, a row each.
  package static let strangersName = "strangers"

  /// Those of the weights in use.
  ///
  /// Throws where they cannot be read.
  package static func strangers() throws(NetworksError) -> FloatRows? {
    try strangers(of: try FaceNetFiles.weights(of: .embedding))
  }

  /// Nil where the weights come without any.
  ///
  /// Throws where those that are there are not of these weights.
  package static func strangers(of weights: Parameters) throws(NetworksError) -> FloatRows? {
    let length = EmbeddingNetwork.towers(of: weights).count * EmbeddingNetwork.count
    guard let entry = weights.entries.first(where: { $0.name == strangersName }) else { return nil }
    guard entry.shape.count == 2, entry.shape[1] == length else {
      throw NetworksError(
        code: .mismatch, subject: "embedding",
        reason: "\"\(strangersName)\" is \(entry.shape), not rows of \(length)")
    }
    var rows = FloatRows(length: length)
    let values = weights[strangersName]
    for row in 0..<entry.shape[0] { rows.append(Array(values[row * length..<(row + 1) * length])) }
    return rows
  }

  private let executable: Executable

  /// With the weights of the program, or those of `CURATE_FACE_NETS`.
  ///
  /// Throws where those are not this network's.
  package convenience init(engine: CPUEngine) throws(NetworksError) {
    try self.init(engine: engine, weights: try FaceNetFiles.weights(of: .embedding))
  }

  /// With the towers that the weights are of.
  ///
  /// Throws where the weights are not this network's.
  package init(engine: CPUEngine, weights: Parameters) throws(NetworksError) {
    executable = try engine.compile(
      EmbeddingNetwork.network(EmbeddingNetwork.towers(of: weights)), batch: 2, for: .inference,
      parameters: weights)
  }

  /// `EmbeddingNetwork.count` numbers of each tower, of length 1 together; the product of two faces' is the
  /// cosine of the angle between them, near 1 for one person: the mean of the towers' cosines.
  ///
  /// The mean of the face's answer and its mirror image's, so that a mirror changes nothing.
  package func embedding(of picture: GrayImage, landmarks: Landmarks) -> [Float] {
    let square = FaceSquare(aligning: landmarks).picture(
      of: picture, pixels: EmbeddingNetwork.side)
    let answers = executable.forward(
      EmbeddingNetwork.input(of: square) + EmbeddingNetwork.input(of: square.mirrored))
    let count = EmbeddingNetwork.count
    let units = answers.flatMap { answer in
      let (own, other) = (Self.unit(answer[..<count]), Self.unit(answer[count...]))
      return Self.unit(zip(own, other).map(+)[...])
    }
    return Self.unit(units[...])
  }

  /// The same direction at length 1.
  static func unit(_ values: ArraySlice<Float>) -> [Float] {
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / max(length, 1e-12) }
  }
}

extension GrayImage {
  /// Left for right.
  var mirrored: GrayImage {
    GrayImage(
      width: width, height: height,
      bytes: (0..<height).flatMap { bytes[$0 * width..<($0 + 1) * width].reversed() })
  }
}
