import FaceCore

/// How well a model answers some faces of a side.
public struct FaceQuality: Hashable, Sendable, Codable {
  /// Mean over the faces of the structural similarity to the true ones, inside of the face; −1 to 1.
  public let ssim: Double
  /// How much the answers differ from face to face, as a share of how much the faces do: 0 when all
  /// are answered alike; nil for fewer than four faces, and for faces without a difference.
  public let variety: Double?
  /// Share of the squared differences between the faces that the answers explain (the coefficient
  /// of determination): 1 when they are right, 0 when they are no better than one mean face; nil as
  /// above.
  public let explained: Double?

  private static let fewestFaces = 4

  /// Compares faces as a model answers them with what they are.
  ///
  /// - Parameters:
  ///   - answers: `[count, 3, resolution, resolution]`, sRGB, 0 to 1.
  ///   - faces: The same of the true ones.
  ///   - masks: `[count, 1, resolution, resolution]`, 0 outside of the face.
  ///   - threads: How many faces are looked at at once. It changes no result.
  /// - Returns: Nil where no face has a mask.
  package init?(answers: [Float], faces: [Float], masks: [Float], resolution: Int, threads: Int) {
    let area = resolution * resolution
    let count = masks.count / area
    precondition(answers.count == 3 * masks.count && faces.count == 3 * masks.count)
    let scores = concurrentMap(Array(0..<count), threads: threads) { face -> Double? in
      let range = face * 3 * area..<(face + 1) * 3 * area
      var error = SwapError()
      error.add(
        Image(planes: answers[range], side: resolution),
        truth: Image(planes: faces[range], side: resolution),
        mask: FrameMask(
          x: 0, y: 0, width: resolution, height: resolution,
          values: masks[face * area..<(face + 1) * area].map { min(1, $0) }))
      return error.ssim
    }.compactMap(\.self)
    guard !scores.isEmpty else { return nil }
    ssim = scores.reduce(0, +) / Double(scores.count)
    guard count >= Self.fewestFaces else {
      (variety, explained) = (nil, nil)
      return
    }
    var spread = Spread()
    for channel in 0..<3 {
      for pixel in 0..<area {
        let weight = (0..<count).reduce(Float(0)) { $0 + min(1, masks[$1 * area + pixel]) }
        guard weight > 0 else { continue }
        let at = channel * area + pixel
        let values = (0..<count).map {
          (answer: answers[$0 * 3 * area + at], face: faces[$0 * 3 * area + at])
        }
        spread.add(values, weight: Double(weight))
      }
    }
    (variety, explained) = (spread.variety, spread.explained)
  }

  /// Sums over pixels of what differs from face to face.
  private struct Spread {
    var ofAnswers = 0.0
    var ofFaces = 0.0
    var squaredError = 0.0

    /// A pixel of all faces.
    mutating func add(_ values: [(answer: Float, face: Float)], weight: Double) {
      let share = 1 / Float(values.count)
      let answer = values.reduce(0) { $0 + $1.answer } * share
      let face = values.reduce(0) { $0 + $1.face } * share
      var (answers, faces, errors): (Float, Float, Float) = (0, 0, 0)
      for value in values {
        answers += (value.answer - answer) * (value.answer - answer)
        faces += (value.face - face) * (value.face - face)
        errors += (value.answer - value.face) * (value.answer - value.face)
      }
      ofAnswers += weight * Double(answers)
      ofFaces += weight * Double(faces)
      squaredError += weight * Double(errors)
    }

    var variety: Double? { ofFaces > 0 ? (ofAnswers / ofFaces).squareRoot() : nil }
    var explained: Double? { ofFaces > 0 ? 1 - squaredError / ofFaces : nil }
  }
}

/// What is measured with each preview.
public struct PreviewQuality: Hashable, Sendable, Codable {
  /// Of both sides; nil where there is no face to look at.
  public struct Sides: Hashable, Sendable, Codable {
    public var source: FaceQuality?
    public var target: FaceQuality?

    public init(source: FaceQuality?, target: FaceQuality?) {
      (self.source, self.target) = (source, target)
    }
  }

  /// Over faces that are learned.
  public var learned: Sides?
  /// Over faces that are never learned; nil where none are held out.
  public var unseen: Sides?
  /// Of the swap, where the right answer is known.
  public var swap: SwapScore?
  /// Of the same frames without a swap: what a swap has to beat.
  public var untouched: SwapScore?

  public init(
    learned: Sides?, unseen: Sides?, swap: SwapScore?, untouched: SwapScore? = nil
  ) {
    (self.learned, self.unseen) = (learned, unseen)
    (self.swap, self.untouched) = (swap, untouched)
  }
}

extension SwapModel {
  /// How well the faces of a side are answered by the side's own decoder; they are shown turned and
  /// zoomed as in training, but without a random warp.
  ///
  /// - Returns: Nil without a face.
  public func quality(
    on batches: [TrainingBatch], side: Architecture.Side, threads: Int
  ) throws -> FaceQuality? {
    let faces = batches.flatMap(\.target)
    let count = batches.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    return FaceQuality(
      answers: try reconstruct(faces, count: count, side: side), faces: faces,
      masks: batches.flatMap(\.mask), resolution: resolution, threads: threads)
  }
}
