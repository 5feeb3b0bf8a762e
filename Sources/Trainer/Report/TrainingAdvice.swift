public import FaceCore

/// What is likely to go wrong with a manifest, in words, while there is time.
public struct TrainingAdvice: Hashable, Sendable {
  /// One sentence each, the gravest first.
  public let warnings: [String]

  /// The fewest faces of a side that make a useful model.
  private static let fewestFaces = 16
  /// The share of the target's faces from which a pose is worth a word.
  private static let smallestShare = 0.01

  /// - Parameter hashes: Of the crops, by name, as far as they are known.
  public init(_ manifest: Manifest, hashes: [String: CropHash] = [:]) {
    let rows = manifest.rows.filter { $0.split == .train }
    let source = rows.filter { $0.side == .source }
    let target = rows.filter { $0.side == .target }
    warnings =
      Self.shared(source, target) + Self.fewFaces(source, target) + Self.unbalanced(source, target)
      + Self.masksMissing(source, target) + Self.twins(source, target, hashes: hashes)
      + Self.lackingPoses(source, target)
      + (manifest.rows.count == rows.count
        ? ["no face is held out: nothing will tell whether the model learns by heart"] : [])
  }

  private static func shared(_ source: [ManifestRow], _ target: [ManifestRow]) -> [String] {
    let crops = Set(source.map(\.crop.sha256))
    let both = target.count { crops.contains($0.crop.sha256) }
    if both > 0 { return ["\(both) faces are on both sides: the model will learn no difference"] }
    let common = Set(source.map(\.identity)).intersection(target.map(\.identity)).sorted()
    return common.map { "\($0) is on both sides" }
  }

  private static func fewFaces(_ source: [ManifestRow], _ target: [ManifestRow]) -> [String] {
    [("source", source), ("target", target)].compactMap { name, side in
      side.count < fewestFaces
        ? "the \(name) has \(side.count) faces only; \(fewestFaces) are hardly enough" : nil
    }
  }

  private static func unbalanced(_ source: [ManifestRow], _ target: [ManifestRow]) -> [String] {
    let (few, many) = (min(source.count, target.count), max(source.count, target.count))
    guard many >= 2 * few, few > 0 else { return [] }
    let smaller = source.count < target.count ? "source" : "target"
    return ["the \(smaller) has \(few) faces, the other side \(many): it will be seen more often"]
  }

  /// Poses of the target that no face of the source is in.
  private static func lackingPoses(_ source: [ManifestRow], _ target: [ManifestRow]) -> [String] {
    let had = Set(source.map { cell(of: $0) })
    var wanted: [PoseCell: Int] = [:]
    for row in target { wanted[cell(of: row), default: 0] += 1 }
    let least = max(1, Int(smallestShare * Double(target.count)))
    let lacking = wanted.filter { $0.value >= least && !had.contains($0.key) }
      .sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    guard !lacking.isEmpty else { return [] }
    let faces = lacking.reduce(0) { $0 + $1.value }
    let poses = lacking.prefix(3).map { cell, count in
      "yaw \(Int(cell.center.yaw)) pitch \(Int(cell.center.pitch)) (\(count))"
    }
    let more = lacking.count > 3 ? " and \(lacking.count - 3) more" : ""
    return [
      "\(faces) of \(target.count) target faces have a pose that the source lacks: "
        + poses.joined(separator: ", ") + more
    ]
  }

  static func cell(of row: ManifestRow) -> PoseCell {
    PoseCell(yaw: row.pose.yaw, pitch: row.pose.pitch)
  }
}
