import Augment
import FaceCore

extension CoverageReport {
  /// For a terminal; `losses` are mean losses by pose, empty where nobody asked.
  func text(losses: [PoseCell: Double], gaps limit: Int) -> String {
    var parts: [String] = []
    if let theirs {
      parts.append(mine.table(for: theirs, floor: floor))
    } else {
      parts.append(losses.isEmpty ? mine.table() : mine.table(with: losses, decimals: 4))
    }
    if let lights = mine.lightTable() { parts.append(lights) }
    guard let theirs else {
      let share = "\(mine.total) faces, evenness \(mine.evenness.text(2))"
      return (parts + [share]).joined(separator: "\n\n")
    }
    let percent = { (part: Double) in (part * 100).text(0) }
    let all = percent(mine.covered(of: theirs, floor: floor))
    let poses = percent(mine.ofPoses.covered(of: theirs.ofPoses, floor: floor))
    parts.append(
      "\(mine.total) faces cover \(all) % of the target's \(theirs.total); by pose alone \(poses) %"
    )
    if !needs.isEmpty { parts.append(shootingList(limit)) }
    return parts.joined(separator: "\n\n")
  }

  private func shootingList(_ limit: Int) -> String {
    var lines = ["to film or to find, first what most faces of the target need:"]
    lines += needs.prefix(limit).flatMap { need in
      ["- \(need.words): \(need.have) of \(need.need) faces, \(CoverageReport.moments(need))"]
        + (need.elsewhere.isEmpty
          ? []
          : [
            "  there: "
              + need.elsewhere.prefix(3).map(\.words).joined(separator: ", ")
          ])
    }
    if needs.count > limit {
      let rest = needs.dropFirst(limit).reduce(0) { $0 + $1.target }
      lines.append("and \(needs.count - limit) more cells, of \(rest) target faces")
    }
    return lines.joined(separator: "\n")
  }

  /// Such as `needed for 00:41–00:57 of clip.mp4 (312 faces)`.
  static func moments(_ need: Need) -> String {
    let longest = need.moments.sorted { ($1.faces, $0.from) < ($0.faces, $1.from) }.prefix(3)
      .sorted { ($0.video, $0.from) < ($1.video, $1.from) }
    var text = "needed for "
    for (place, moment) in longest.enumerated() {
      let from = clock(moment.from)
      let to = clock(moment.to)
      text += (place == 0 ? "" : ", ") + (from == to ? from : "\(from)–\(to)")
      let isLast = place + 1 == longest.count || longest[place + 1].video != moment.video
      if isLast { text += " of \(moment.video)" }
    }
    let more = need.moments.count - longest.count
    return text + (more > 0 ? " and \(more) more" : "") + " (\(need.target) faces)"
  }

  /// `00:41`, with hours where there are some.
  private static func clock(_ seconds: Double) -> String {
    let whole = max(0, Int(seconds))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let short = "\(two(whole / 60 % 60)):\(two(whole % 60))"
    return whole < 3600 ? short : "\(whole / 3600):\(short)"
  }
}
