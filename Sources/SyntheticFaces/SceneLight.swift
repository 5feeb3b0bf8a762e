public import FaceCore
import Foundation

/// The light of a scene, in the camera frame, linear: soft surroundings and one key light.
public struct SceneLight: Codable, Hashable, Sendable {
  /// Radiance of the surroundings: 9 real spherical harmonics (order of `FaceCore.Light`) for each
  /// of red, green and blue.
  public var surroundings: [[Float]]
  /// Toward the key light; x right, y down, z away.
  ///
  /// Any length.
  public var keyDirection: [Float]
  public var keyColor: FaceIdentity.Color
  /// Irradiance of a surface that faces the key light, over π.
  public var keyStrength: Float

  /// Traps unless there are 3 × 9 coefficients and 3 components.
  public init(
    surroundings: [[Float]], keyDirection: [Float], keyColor: FaceIdentity.Color,
    keyStrength: Float
  ) {
    precondition(surroundings.count == 3 && surroundings.allSatisfy { $0.count == 9 })
    precondition(keyDirection.count == 3, "a direction has 3 components")
    self.surroundings = surroundings
    self.keyDirection = keyDirection
    self.keyColor = keyColor
    self.keyStrength = keyStrength
  }

  /// Surroundings that are `ambient` from all sides, brighter from `sky`, with a key light.
  ///
  /// Angles in degrees: azimuth + from image right, elevation + from above; 0, 0 is the camera.
  public init(
    ambient: FaceIdentity.Color, sky: FaceIdentity.Color, keyAzimuth: Float, keyElevation: Float,
    keyColor: FaceIdentity.Color = .init(1, 0.95, 0.88), keyStrength: Float
  ) {
    let azimuth = keyAzimuth * .pi / 180
    let elevation = keyElevation * .pi / 180
    let channels = [
      (ambient.red, sky.red), (ambient.green, sky.green), (ambient.blue, sky.blue),
    ].map { base, sky in
      // Radiance base + sky · (up + half toward the camera), as band 0 and 1.
      [
        base * 3.5449, -sky * 2.0467, -sky * 1.0233, 0,
        0, 0, 0, 0, 0,
      ] as [Float]
    }
    self.init(
      surroundings: channels,
      keyDirection: [
        sin(azimuth) * cos(elevation), -sin(elevation), -cos(azimuth) * cos(elevation),
      ],
      keyColor: keyColor, keyStrength: keyStrength)
  }

  /// The light of the mirrored picture.
  public var mirrored: SceneLight {
    var result = self
    result.keyDirection[0] = -keyDirection[0]
    // 11, 2−2 and 21 are odd in x.
    for channel in 0..<3 {
      for i in [3, 4, 7] { result.surroundings[channel][i] *= -1 }
    }
    return result
  }

  /// What the light is to a head of this pose, as `FaceCore.Light` holds it.
  ///
  /// The coefficients h are of irradiance over π: a white matt surface with normal n (head frame,
  /// unit, nothing in the way) has the linear luminance Σ hᵢ Yᵢ(n). Luminance is Rec. 709. The key
  /// light enters as the second-order projection of its clamped cosine.
  public func truth(pose: Pose) -> Light {
    let weights = Vector(0.2126, 0.7152, 0.0722)
    var irradiance = [Float](repeating: 0, count: 9)
    for i in 0..<9 {
      let radiance =
        weights.x * surroundings[0][i] + weights.y * surroundings[1][i]
        + weights.z * surroundings[2][i]
      irradiance[i] = radiance * Harmonics.cosine[i]
    }
    let key = Harmonics.basis(keyVector)
    let strength = dot(weights, keyColor.vector) * keyStrength * .pi
    for i in 0..<9 { irradiance[i] += strength * Harmonics.cosine[i] * key[i] }
    let rotation = Rotation(pose)
    let turned = Harmonics.Polynomial(irradiance).rotated { rotation.applyInverse($0) }
    return Light(harmonics: turned.coefficients)
  }

  var keyVector: Vector {
    normalized(Vector(keyDirection[0], keyDirection[1], keyDirection[2]))
  }

  /// Irradiance over π as a polynomial of the normal, for red, green and blue; camera frame.
  var irradiance: [Harmonics.Polynomial] {
    surroundings.map { channel in
      Harmonics.Polynomial(zip(channel, Harmonics.cosine).map { $0 * $1 })
    }
  }
}

/// Real spherical harmonics up to order 2, orthonormal, in the order 00, 1−1, 10, 11, 2−2, 2−1,
/// 20, 21, 22, with y first, z second and x third in band 1.
///
/// Source: Ramamoorthi and Hanrahan, "An Efficient Representation for Irradiance Environment
/// Maps", 2001.
enum Harmonics {
  /// What the clamped cosine does to each coefficient, over π.
  static let cosine: [Float] =
    [1] + [Float](repeating: 2.0 / 3, count: 3)
    + [Float](repeating: 0.25, count: 5)

  static func basis(_ n: Vector) -> [Float] {
    [
      0.282095, 0.488603 * n.y, 0.488603 * n.z, 0.488603 * n.x, 1.092548 * n.x * n.y,
      1.092548 * n.y * n.z, 0.315392 * (3 * n.z * n.z - 1), 1.092548 * n.x * n.z,
      0.546274 * (n.x * n.x - n.y * n.y),
    ]
  }

  /// The same function of the unit vector as `c + b·n + nᵀQn`.
  struct Polynomial: Sendable {
    var constant: Float
    var linear: Vector
    /// Rows of the symmetric matrix.
    var rows: (Vector, Vector, Vector)

    init(_ h: [Float]) {
      constant = 0.282095 * h[0] - 0.315392 * h[6]
      linear = Vector(h[3], h[1], h[2]) * 0.488603
      let xy = 0.546274 * h[4]
      let yz = 0.546274 * h[5]
      let xz = 0.546274 * h[7]
      rows = (
        Vector(0.546274 * h[8], xy, xz), Vector(xy, -0.546274 * h[8], yz),
        Vector(xz, yz, 0.946176 * h[6])
      )
    }

    @inline(__always)
    func callAsFunction(_ n: Vector) -> Float {
      let turned = Vector(dot(rows.0, n), dot(rows.1, n), dot(rows.2, n))
      return constant + dot(linear, n) + dot(turned, n)
    }

    /// The function in a frame whose vectors are `turn` of the old ones.
    func rotated(by turn: (Vector) -> Vector) -> Polynomial {
      let columns = (turn(rows.0), turn(rows.1), turn(rows.2))
      // Rotate the rows, transpose, rotate again: R Q Rᵀ.
      let first = turn(Vector(columns.0.x, columns.1.x, columns.2.x))
      let second = turn(Vector(columns.0.y, columns.1.y, columns.2.y))
      let third = turn(Vector(columns.0.z, columns.1.z, columns.2.z))
      var result = self
      result.linear = turn(linear)
      result.rows = (first, second, third)
      return result
    }

    var coefficients: [Float] {
      let trace = rows.0.x + rows.1.y + rows.2.z
      // Q may carry a trace; it belongs to the constant.
      let mean = trace / 3
      return [
        (constant + mean) / 0.282095, linear.y / 0.488603, linear.z / 0.488603,
        linear.x / 0.488603, rows.0.y / 0.546274, rows.1.z / 0.546274,
        (rows.2.z - mean) / (2 * 0.315392), rows.0.z / 0.546274,
        (rows.0.x - rows.1.y) / (2 * 0.546274),
      ]
    }
  }
}

/// A pose as a single-precision matrix.
struct Rotation: Sendable {
  let rows: (Vector, Vector, Vector)

  init(_ pose: Pose) {
    let m = pose.matrix.map { Float($0) }
    rows = (Vector(m[0], m[1], m[2]), Vector(m[3], m[4], m[5]), Vector(m[6], m[7], m[8]))
  }

  @inline(__always)
  func apply(_ v: Vector) -> Vector { Vector(dot(rows.0, v), dot(rows.1, v), dot(rows.2, v)) }

  @inline(__always)
  func applyInverse(_ v: Vector) -> Vector { rows.0 * v.x + rows.1 * v.y + rows.2 * v.z }
}
