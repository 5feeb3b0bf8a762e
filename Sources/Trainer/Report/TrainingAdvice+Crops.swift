import FaceCore

/// What the crops themselves give reason for.
extension TrainingAdvice {
  /// Bits by which hashes of crops may differ that are near equal.
  private static let nearBits = 2
  /// The share of a side from which near-equal faces are worth a word: of ordinary footage, still
  /// heads too, at most a sixth have a twin.
  private static let twinShare = 0.3
  /// Faces of a side that are compared with each other, at most.
  public static let compared = 4000
  /// The least part of a face that its crop must show.
  private static let leastShown = 0.5
  /// The least part of the crop that a face must fill.
  private static let leastFilled = 0.01

  /// Faces that hardly differ teach little, and are drawn as often as the others.
  static func twins(
    _ source: [ManifestRow], _ target: [ManifestRow], hashes: [String: CropHash]
  ) -> [String] {
    [("source", source), ("target", target)].compactMap { name, side in
      let faces = side.prefix(compared)
      let equal = Dictionary(grouping: faces, by: \.crop.sha256).values
        .reduce(0) { $0 + ($1.count > 1 ? $1.count : 0) }
      let count = max(equal, near(faces.compactMap { hashes[$0.crop.name] }))
      guard Double(count) >= twinShare * Double(faces.count), count > 1 else { return nil }
      return "\(count) of \(faces.count) \(name) faces have a near-equal twin: they count as one; "
        + "more footage with other poses, light and expressions helps"
    }
  }

  /// How many have another that is nearly equal.
  private static func near(_ hashes: [CropHash]) -> Int {
    var isTwin = [Bool](repeating: false, count: hashes.count)
    for one in hashes.indices {
      for other in hashes.indices.dropFirst(one + 1)
      where hashes[one].distance(to: hashes[other]) <= nearBits {
        (isTwin[one], isTwin[other]) = (true, true)
      }
    }
    return isTwin.count { $0 }
  }

  /// Faces whose outline is empty or not in their crop: the loss looks at the wrong place.
  static func masksMissing(_ source: [ManifestRow], _ target: [ManifestRow]) -> [String] {
    [("source", source), ("target", target)].compactMap { name, side in
      let missing = side.filter { !hasMask($0) }
      guard let first = missing.first else { return nil }
      return
        "\(missing.count) of \(side.count) \(name) faces have no mask: their landmarks are not "
        + "in the crop (the first is \(first.id)); reject them, or import their video again"
    }
  }

  private static func hasMask(_ row: ManifestRow) -> Bool {
    // The mask on a coarse grid: its sum is the area within the crop.
    let grid = 32
    let scale = Double(grid) / Double(max(1, row.crop.size))
    let outline = FaceMask.training.outline(
      of: row.landmarks.mapped(by: row.crop.matrix.then(.scale(scale))))
    let area = outline.area
    guard area.isFinite, area >= Float(leastFilled) * Float(grid * grid) else { return false }
    let shown = FaceMask.training.render(outline, width: grid, height: grid).reduce(0, +)
    return shown >= Float(leastShown) * area
  }
}
