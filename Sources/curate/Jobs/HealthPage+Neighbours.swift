import Catalog
import FaceCore

/// Faces, each with what looks most like it elsewhere: what near-duplicates are proposed from.
extension HealthPage {
  private struct Neighbours {
    let face: HashedFace
    /// The nearest first.
    var near: [(distance: Int, row: Int64)] = []

    mutating func consider(_ other: HashedFace) {
      let isSameMoment =
        other.videoRow == face.videoRow && other.track == face.track
        && abs(other.seconds - face.seconds) < 1
      guard !isSameMoment else { return }
      let distance = face.hash.distance(to: other.hash)
      let isFull = near.count == HealthPage.shown
      if isFull, distance >= near[near.count - 1].distance { return }
      let place = near.firstIndex { $0.distance > distance } ?? near.count
      near.insert((distance, other.row), at: place)
      if near.count > HealthPage.shown { near.removeLast() }
    }
  }

  /// Faces that are looked at, and neighbours of each.
  private static let (looked, shown) = (10, 5)

  /// Empty where no face has a hash: `curate dedup` makes them.
  func neighbours() throws -> String {
    var count = 0
    try workspace.forEachHashedFace(matching: query) { _ in count += 1 }
    guard count > 1 else { return "" }
    let step = max(1, count / Self.looked)
    var (index, chosen): (Int, [Neighbours]) = (0, [])
    try workspace.forEachHashedFace(matching: query) { face in
      if index % step == step / 2, chosen.count < Self.looked {
        chosen.append(Neighbours(face: face))
      }
      index += 1
    }
    try workspace.forEachHashedFace(matching: query) { other in
      for index in chosen.indices { chosen[index].consider(other) }
    }
    let rows = try chosen.map { neighbours in
      let faces = try workspace.faces(rows: [neighbours.face.row] + neighbours.near.map(\.row))
      let captions = [""] + neighbours.near.map { "\($0.distance) bits" }
      let figures = try zip(faces, captions).map { try page.figure($0, $1) }
      return "<div class=\"row pair\">\(figures.joined())</div>"
    }
    return """
      <section><h2>Nearest neighbours</h2><p>A face, and what looks most like it elsewhere, a second or \
      more away: in how many of 256 bits the hashes differ. Near-duplicates are proposed up to 31.</p>
      \(rows.joined(separator: "\n"))</section>
      """
  }
}
