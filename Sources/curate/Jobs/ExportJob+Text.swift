import Augment
import FaceCore

extension ExportJob.Tally {
  /// For a terminal, a line a fact.
  var text: String {
    var lines = [
      "\(side.rawValue)  \(identities.joined(separator: ", "))  \(chosen) of \(matching) faces in "
        + "\(cells) cells" + (variants > 0 ? " and \(variants) variants of them" : "") + leftOut
    ]
    lines += audit.table.map { "  " + $0 }
    lines.append("  " + heldOut)
    let lacking = short.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if !lacking.isEmpty {
      let all = lacking.reduce(0) { $0 + $1.value }
      lines.append(
        "  short by \(all): "
          + lacking.prefix(6).map { "\($0.key) by \($0.value)" }.joined(separator: ", ")
          + (lacking.count > 6 ? " …" : ""))
    }
    return lines.joined(separator: "\n")
  }

  private var leftOut: String {
    let parts = [(belowFloors, "below the floors"), (duplicates, "near-duplicates")]
      .filter { $0.0 > 0 }.map { "\($0) \($1)" }
    return parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
  }

  private var heldOut: String {
    guard validationUnit != ValidationSplit.Unit.none.rawValue else {
      return "nothing is held out: all is one shot, or each is too large a part"
    }
    let what = "validation: \(validation) faces of whole \(validationUnit)s"
    guard let leak, leak.checked > 0 else {
      return what + "; not compared with training faces: run curate dedup"
    }
    return what
      + (leak.leaking == 0
        ? ", none like a face trained on"
        : ", \(leak.leaking) of \(leak.checked) like a face trained on")
  }
}

extension ExportJob.Audit {
  /// The choice beside two others of as many faces.
  fileprivate var table: [String] {
    let rows = [("chosen", chosen), ("random", random), ("best faces", bestFaces)]
    let isMatched = chosen.hole != nil
    let head =
      ["", "cells", "evenness"] + (isMatched ? ["largest hole", "in reach", "mismatch"] : [])
      + ["nearest"]
    let table =
      [head]
      + rows.map { name, audit in
        var row = [name, "\(audit.filled) of \(audit.feasible)", audit.evenness.text(3)]
        if isMatched {
          row += [audit.hole, audit.holeInReach].map { ($0 ?? 0).text(1) + "°" }
          row.append(((audit.mismatch ?? 0) * 100).text(1) + " %")
        }
        return row + [audit.nearest.text(1) + "°"]
      }
    let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
    }
  }
}
