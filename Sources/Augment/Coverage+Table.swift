public import FaceCore
import Foundation

extension Coverage {
  /// A heat map for a terminal: yaw from left to right, pitch from up to down, each cell its count
  /// and a shade by how it stands to the fullest.
  public func table() -> String {
    let most = max(1, poseCells.map { self[$0] }.max() ?? 1)
    return table { cell in
      let count = self[cell]
      return count == 0 ? "·" : "\(count) \(Coverage.shade(count, of: most))"
    }
  }

  /// The same for a source against its target, each pose `have/need`; `!` marks a gap, and poses
  /// the target does not need are left empty.
  public func table(for target: Coverage, floor: Int = 20) -> String {
    let (mine, theirs) = (ofPoses, target.ofPoses)
    let gaps = Set(mine.gaps(for: theirs, floor: floor).map(\.cell.pose))
    return table { cell in
      guard target[cell] > 0 else { return self[cell] == 0 ? "·" : "\(self[cell])  " }
      let need = min(floor, target[cell])
      return "\(self[cell])/\(need) \(gaps.contains(cell) ? "!" : "✓")"
    }
  }

  /// Each pose its count and a number of its own, such as the mean loss of its faces.
  public func table(with numbers: [PoseCell: Double], decimals: Int) -> String {
    table { cell in
      guard self[cell] > 0 else { return "·" }
      return "\(self[cell]) " + (numbers[cell].map { String(format: "%.\(decimals)f", $0) } ?? "-")
    }
  }

  /// Where light comes from, as one sees it who stands before the face: soft light on the left of the
  /// table, hard light on its right, and flat light in the middle of the left.
  ///
  /// Nil when no face's light is known.
  public func lightTable() -> String? {
    var counts: [LightBin: Int] = [:]
    for cell in filled { if let light = cell.light { counts[light, default: 0] += self[cell] } }
    guard let most = counts.values.max() else { return nil }
    let rows = ["up", "", "down"].map { row in
      ["soft", "hard"].flatMap { kind in
        ["left", "", "right"].map { column -> String in
          let side = [row, column].filter { !$0.isEmpty }.joined(separator: "-")
          let name = side.isEmpty ? (kind == "soft" ? "flat" : "") : "\(side)-\(kind)"
          guard let bin = LightBin(rawValue: name) else { return "" }
          let count = counts[bin] ?? 0
          return count == 0 ? "·" : "\(count) \(Coverage.shade(count, of: most))"
        }
      }
    }
    let names = ["up", "", "down"]
    let head = ["light", "left", "soft", "right", "left", "hard", "right"]
    return Coverage.aligned([head] + zip(names, rows).map { [$0] + $1 })
  }

  private func table(_ text: (PoseCell) -> String) -> String {
    let columns = (isFolded ? 4 : 0)..<PoseCell.yawCount
    let names = columns.map { degrees(PoseCell(yaw: $0, pitch: 2).center.yaw) }
    let rows = (0..<PoseCell.pitchCount).reversed().map { pitch in
      [degrees(PoseCell(yaw: 4, pitch: pitch).center.pitch)]
        + columns.map { text(PoseCell(yaw: $0, pitch: pitch)) }
    }
    return Coverage.aligned([["pitch\\yaw"] + names] + rows)
  }

  private static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { text, width in
        String(repeating: " ", count: width - text.count) + text
      }
      .joined(separator: "  ")
    }
    .joined(separator: "\n")
  }

  private func degrees(_ angle: Double) -> String {
    (angle > 0 ? "+" : "") + "\(Int(angle))°"
  }

  private static func shade(_ count: Int, of most: Int) -> Character {
    let shades: [Character] = ["░", "▒", "▓", "█"]
    return shades[min(3, 4 * count / most)]
  }
}
