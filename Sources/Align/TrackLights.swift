public import FaceCore

import func Foundation.cos
import func Foundation.exp
import func Foundation.pow

/// The light on each face of a track, told by the frames around it, too.
///
/// A lamp stays where it is while a head turns: seen from the camera, what neighbouring frames tell of the
/// light is one thing told many times, and its mean is calmer and nearer than each. Where a face hides
/// too much to tell by itself, as a profile does, its neighbours tell it. Faces that look at the camera
/// count most, for they show most. A light that really changes is kept: what differs from the face's own by
/// far more than chance does not count. A change no larger than chance is averaged, as chance is.
///
/// - Parameters:
///   - seen: What each face shows by itself, in its head's frame as `headPose` has it.
///   - faces: Their landmarks in pixels of the frame.
///   - poses: The poses that are told of them; lights come back in these heads' frames.
///   - ordinals: Their frames, growing. Traps unless each face has one of everything.
public func trackLights(
  _ seen: [Light?], of faces: [Landmarks], poses: [Pose], ordinals: [Int]
) -> [Light?] {
  precondition(
    [faces.count, poses.count, ordinals.count].allSatisfy { $0 == seen.count },
    "each face has a pose and a frame")
  let fixed = zip(seen, faces).map { light, face in
    light.flatMap { FixedLight($0, pose: headPose(of: face)) }
  }
  return fixed.indices.map { index in
    guard let center = fixed[index] ?? nearest(to: index, in: fixed, ordinals) else { return nil }
    var mean = FixedLight.none
    func add(_ other: Int) -> Bool {
      let away = Double(ordinals[other] - ordinals[index]) / FixedLight.reach
      guard abs(away) <= 2 else { return false }
      if let light = fixed[other] {
        let facing = pow(cos(poses[other].yaw * .pi / 180), FixedLight.turning)
        mean.add(light, weight: facing * exp(-0.5 * away * away) * light.likeness(to: center))
      }
      return true
    }
    for other in stride(from: index, through: 0, by: -1) { guard add(other) else { break } }
    for other in (index + 1)..<max(index + 1, fixed.count) { guard add(other) else { break } }
    return mean.light(pose: poses[index], constant: fixed[index]?.constant)
  }
}

/// The light that was seen in the frame nearest to this one, if one is near enough; of two the earlier.
private func nearest(to index: Int, in lights: [FixedLight?], _ ordinals: [Int]) -> FixedLight? {
  func isNear(_ other: Int) -> Bool {
    Double(abs(ordinals[other] - ordinals[index])) <= 2 * FixedLight.reach
  }
  func first(_ places: some Sequence<Int>) -> Int? {
    places.lazy.prefix(while: isNear).first { lights[$0] != nil }
  }
  let sides = [first((0..<index).reversed()), first(lights.indices.dropFirst(index + 1))]
  return sides.compactMap(\.self).min {
    abs(ordinals[$0] - ordinals[index]) < abs(ordinals[$1] - ordinals[index])
  }.flatMap { lights[$0] }
}

/// A light as the camera sees it: turning heads do not turn it.
private struct FixedLight {
  /// The first order along x, y and z, over the constant.
  private var contrast: SIMD3<Double>
  private var hardness: Double
  private(set) var constant: Double
  private var weight: Double

  static let none = FixedLight(contrast: .zero, hardness: 0, constant: 0, weight: 0)

  /// Deviation in frames of the bell by which neighbours count; those beyond twice it do not.
  static let reach = 16.0
  /// The power of the cosine of the yaw by which a face counts.
  static let turning = 8.0
  /// How far one light is told from another by chance, in parts of the constant.
  private static let chance = 0.2

  private init(contrast: SIMD3<Double>, hardness: Double, constant: Double, weight: Double) {
    (self.contrast, self.hardness, self.constant) = (contrast, hardness, constant)
    self.weight = weight
  }

  /// Nil for no light at all.
  init?(_ light: Light, pose: Pose) {
    let h = light.harmonics.map { Double($0) }
    guard h[0] > 0 else { return nil }
    let first = SIMD3(h[3], h[1], h[2]) / h[0]
    contrast = Rotation(pose).apply(first)
    (hardness, constant, weight) = (light.hardness, h[0], 1)
  }

  /// 1 for the same, nothing for others.
  func likeness(to other: FixedLight) -> Double {
    let off = (contrast - other.contrast) / FixedLight.chance
    return exp(-0.5 * (off * off).sum())
  }

  mutating func add(_ other: FixedLight, weight: Double) {
    contrast += other.contrast * weight
    hardness += other.hardness * weight
    constant += other.constant * weight
    self.weight += weight
  }

  /// Of the sum, to a head of this pose; as bright as `constant` says, or as the mean is.
  func light(pose: Pose, constant: Double?) -> Light {
    let turned = Rotation(pose).applyInverse(contrast / weight)
    let bright = constant ?? self.constant / weight
    return Light(
      first: SIMD4(1, turned.y, turned.z, turned.x) * bright, hardness: hardness / weight)
  }
}
