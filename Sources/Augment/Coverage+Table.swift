public import FaceCore
import Foundation

extension Coverage {
  /// A heat map for a terminal: yaw from left to right, pitch from up to down, each cell its count
  /// and a shade by how it stands to the fullest.
  public func table() -> String {
    let most = max(1, cells.map { self[$0] }.max() ?? 1)
    return table { cell in
      let count = self[cell]
      return count == 0 ? "·" : "\(count) \(Coverage.shade(count, of: most))"
    }
  }

  /// The same for a source against its target, each cell `have/need`; `!` marks a gap, and cells
  /// the target does not need are left empty.
  public func table(for target: Coverage, floor: Int = 20) -> String {
    let gaps = Set(gaps(for: target, floor: floor).map(\.cell))
    return table { cell in
      guard target[cell] > 0 else { return self[cell] == 0 ? "·" : "\(self[cell])  " }
      let need = min(floor, target[cell])
      return "\(self[cell])/\(need) \(gaps.contains(cell) ? "!" : "✓")"
    }
  }

  /// Each cell its count and a number of its own, such as the mean loss of its faces.
  public func table(with numbers: [PoseCell: Double], decimals: Int) -> String {
    table { cell in
      guard self[cell] > 0 else { return "·" }
      return "\(self[cell]) " + (numbers[cell].map { String(format: "%.\(decimals)f", $0) } ?? "-")
    }
  }

  private func table(_ text: (PoseCell) -> String) -> String {
    let columns = (isFolded ? 4 : 0)..<PoseCell.yawCount
    let names = columns.map { degrees(PoseCell(yaw: $0, pitch: 2).center.yaw) }
    let rows = (0..<PoseCell.pitchCount).reversed().map { pitch in
      [degrees(PoseCell(yaw: 4, pitch: pitch).center.pitch)]
        + columns.map { text(PoseCell(yaw: $0, pitch: pitch)) }
    }
    let all = [["pitch\\yaw"] + names] + rows
    let widths = (0...columns.count).map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
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
