public import FaceCore

import func Foundation.asin
import func Foundation.atan2
import func Foundation.cos
import func Foundation.sin

/// A face that may be chosen.
public struct Candidate: Hashable, Sendable {
  public var id: FaceID
  public var cell: FaceCell
  /// Higher is better; only compared within a pose.
  public var quality: Float
  /// Its track within its video.
  public var track: Int32
  public var place: FacePlace

  public init(id: FaceID, cell: FaceCell, quality: Float, track: Int, place: FacePlace) {
    (self.id, self.cell, self.quality) = (id, cell, quality)
    (self.track, self.place) = (Int32(truncatingIfNeeded: track), place)
  }

  /// Whether both are of one track, where neighbours in time look alike.
  func isOfTrack(of other: Candidate) -> Bool { track == other.track && id.isOfVideo(of: other.id) }
}

/// Where a face lies among others of a person: what makes two pictures of them different.
///
/// Distances are in degrees of turn of the head; what else differs is brought to that unit.
public struct FacePlace: Hashable, Sendable {
  /// Where the nose points (3), mouth, eyes, brows and exposure.
  private var numbers: SIMD8<Float>

  /// Degrees that a whole unit of the measure counts: a mouth that opens from shut to wide (0.15)
  /// counts as 18°, eyes that close (0.03) as 9°, brows that rise (0.05) as 5°, a stop of light as 4°.
  private static let mouth: Float = 120
  private static let eyes: Float = 300
  private static let brows: Float = 100
  private static let exposure: Float = 4

  /// Angles in degrees; the measures as they are named in queries, 0 for one that was not taken.
  public init(
    yaw: Double, pitch: Double, mouth: Double = 0, eyes: Double = 0, brows: Double = 0,
    exposure: Double = 0
  ) {
    let unit = Float(180 / Double.pi)
    let (across, up) = (yaw * .pi / 180, pitch * .pi / 180)
    numbers = SIMD8(
      unit * Float(sin(across) * cos(up)), unit * Float(sin(up)),
      unit * Float(cos(across) * cos(up)), FacePlace.mouth * Float(mouth),
      FacePlace.eyes * Float(eyes), FacePlace.brows * Float(brows),
      FacePlace.exposure * Float(exposure), 0)
  }

  /// Of the mirror image.
  public var mirrored: FacePlace {
    var mirrored = self
    mirrored.numbers[0].negate()
    return mirrored
  }

  /// Degrees squared.
  func squaredDistance(to other: FacePlace) -> Float {
    let difference = numbers - other.numbers
    return (difference * difference).sum()
  }

  /// Of where the nose points, in radians.
  var yaw: Double { atan2(Double(numbers[0]), Double(numbers[2])) }
  var pitch: Double { asin(max(-1, min(1, Double(numbers[1]) * .pi / 180))) }

  /// The cosine of the angle between where both noses point.
  func cosine(to other: FacePlace) -> Float {
    let unit = Float(Double.pi / 180)
    let (mine, theirs) = (numbers * unit, other.numbers * unit)
    return mine[0] * theirs[0] + mine[1] * theirs[1] + mine[2] * theirs[2]
  }

  /// The square of the line between where both noses point on a sphere whose radius is 180/π: for small
  /// angles the degrees between them, squared.
  func squaredChord(to other: FacePlace) -> Float {
    let difference = numbers.lowHalf - other.numbers.lowHalf
    return (difference * difference * SIMD4(1, 1, 1, 0)).sum()
  }

  /// Which field of a lattice of about one degree the nose points at.
  var heading: SIMD3<Int32> {
    SIMD3<Int32>(
      SIMD3(numbers[0], numbers[1], numbers[2]).rounded(.toNearestOrEven))
  }

  /// To all fields that may hold something within 2°, the own field first.
  static let fieldsInReach: [SIMD3<Int32>] = {
    let range = Int32(-3)...3
    func squaredLength(_ step: SIMD3<Int32>) -> Int32 { (step &* step).wrappedSum() }
    return range.flatMap { x in
      range.flatMap { y in range.map { SIMD3(x, y, $0) } }
    }.filter { squaredLength($0) <= 14 }.sorted { squaredLength($0) < squaredLength($1) }
  }()
}
