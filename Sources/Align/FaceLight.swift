package import FaceCore

/// The light on a face; nil where too little of it is seen, as beyond 50° of yaw.
///
/// Each zone of the face gives one equation: its linear luminance is what `lightTransfer` says that a
/// light does to it which is even but for one source. Zones that are brighter or darker than any such
/// light makes them, as under hair, glasses or shine, count less (Cauchy's weights), and so do those
/// whose shade differs from person to person.
package func faceLight(of landmarks: Landmarks, pose: Pose, in luma: GrayImage) -> Light? {
  guard abs(pose.yaw) <= 50 else { return nil }
  let zones = zip(lightTransfer, zoneLevels(of: landmarks, pose: pose, in: luma)).compactMap {
    transfer, level in level.map { (transfer, $0) }
  }
  guard zones.count >= 53, var fit = LightFit(zones) else { return nil }
  for _ in 0..<8 { fit.refine() }
  return fit.light
}

/// Mean linear luminance of each zone of the face, 0 to 1; nil where it is turned away or outside.
package func zoneLevels(of landmarks: Landmarks, pose: Pose, in luma: GrayImage) -> [Double?] {
  let place = HeadPlace(of: landmarks, pose: pose)
  let (scale, shift) = (place.scale, place.shift)
  let matrix = pose.matrix
  let across = SIMD3(matrix[0], matrix[1], matrix[2]) * scale
  let down = SIMD3(matrix[3], matrix[4], matrix[5]) * scale
  let away = SIMD3(matrix[6], matrix[7], matrix[8])
  let bytes = luma.bytes.span
  let (width, height) = (Double(luma.width), Double(luma.height))
  return FaceSurface.zones.map { zone in
    guard (away * zone.normal).sum() < -0.15 else { return nil }
    var sum = 0.0
    for place in zone.places {
      let x = (across * place).sum() + shift.x
      let y = (down * place).sum() + shift.y
      guard x >= 0, y >= 0, x < width, y < height else { return nil }
      sum += FacePatch.linear[Int(bytes[Int(y) * luma.width + Int(x)])]
    }
    return sum / Double(zone.places.count)
  }
}

/// For each zone the one at its place in a mirror.
package let mirroredZones: [Int] = FaceSurface.zones.map { zone in
  FaceSurface.zones.firstIndex { $0.column == -zone.column && $0.row == zone.row } ?? 0
}
