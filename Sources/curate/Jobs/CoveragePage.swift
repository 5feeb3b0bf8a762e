import Augment
import Catalog
import FaceCore

/// Coverage as a page: every pose and light with a face that stands for it.
struct CoveragePage {
  let workspace: Workspace
  let report: CoverageReport

  private var page: FacePage {
    func code(_ query: FaceQuery) -> String {
      query.text.isEmpty ? "all faces" : "<code>\(FacePage.escaped(query.text))</code>"
    }
    let lead =
      "What \(code(report.query)) covers"
      + (report.target.map { ", against \(code($0))" } ?? "") + "."
    return FacePage(workspace: workspace, title: "Coverage", lead: lead)
  }

  /// Writes it whole or not at all.
  func write(to path: String) throws {
    try page.write([cards, try poses(), try lights(), try needs()], to: path)
  }

  private var cards: String {
    var cards = [("faces", "\(report.mine.total)"), ("evenness", report.mine.evenness.text(2))]
    if let theirs = report.theirs {
      let covered = report.mine.covered(of: theirs, floor: report.floor)
      let poses = report.mine.ofPoses.covered(of: theirs.ofPoses, floor: report.floor)
      cards += [
        ("faces of the target", "\(theirs.total)"), ("covered", "\((covered * 100).text(0)) %"),
        ("by pose alone", "\((poses * 100).text(0)) %"), ("cells short", "\(report.needs.count)"),
      ]
    }
    let parts = cards.map { "<div><b>\($1)</b><span>\($0)</span></div>" }
    return "<div class=\"cards\">\(parts.joined())</div>"
  }

  /// The heat map: pitch from up to down, yaw from image left to image right.
  private func poses() throws -> String {
    let columns = (report.mine.isFolded ? 4 : 0)..<PoseCell.yawCount
    let most = report.mine.poseCells.map { report.mine[$0] }.max() ?? 1
    let rows = try (0..<PoseCell.pitchCount).reversed().map { pitch in
      let cells = try columns.map { try cell(PoseCell(yaw: $0, pitch: pitch), of: most) }
      return "<tr><th>\(Self.degrees(PoseCell(yaw: 4, pitch: pitch).center.pitch))</th>"
        + cells.joined() + "</tr>"
    }
    let head = columns.map { "<th>\(Self.degrees(PoseCell(yaw: $0, pitch: 2).center.yaw))</th>" }
    let needed =
      report.theirs == nil ? "" : ", of how many the target needs, red where that is too few"
    return """
      <section><h2>Poses</h2><p>Columns are yaw, rows pitch, in degrees; below each face how many \
      there are\(needed).</p><div class="scroll"><table class="map"><tr><th></th>\(head.joined())</tr>\
      \(rows.joined())</table></div></section>
      """
  }

  private func cell(_ pose: PoseCell, of most: Int) throws -> String {
    let have = report.mine[pose]
    let need = min(report.floor, report.theirs?[pose] ?? 0)
    let text = report.theirs == nil ? "\(have)" : "\(have) / \(need)"
    let isShort = have < need
    guard have > 0 || isShort else { return "<td></td>" }
    let query = isShort && have == 0 ? report.target ?? report.query : report.query
    let face = try example(of: query, in: FaceCell(pose))
    let depth = 0.1 + 0.5 * Double(have) / Double(max(1, most))
    let style = isShort ? "--heat:rgba(255,92,92,.55)" : "--heat:rgba(110,168,254,\(depth.text(2)))"
    let figure = try face.map { try page.figure($0, text) } ?? "<em>\(text)</em>"
    return "<td class=\"\(have == 0 ? "none" : "some")\" style=\"\(style)\">\(figure)</td>"
  }

  private func lights() throws -> String {
    let counts = report.lights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard !counts.isEmpty else { return "" }
    let faces = try counts.compactMap { name, count in
      try example(of: report.query, .compare(.light, .equal, .text(name)))
        .map { try page.figure($0, "\(name): \(count)") }
    }
    return """
      <section><h2>Light</h2><p>Where it comes from, as one sees it who stands before the face.</p>
      <div class="row">\(faces.joined())</div></section>
      """
  }

  /// Gaps that are shown.
  private static let listed = 40

  private func needs() throws -> String {
    guard let target = report.target else { return "" }
    guard !report.needs.isEmpty else {
      return "<section><h2>Nothing is missing</h2></section>"
    }
    let rest = report.needs.dropFirst(Self.listed)
    let rows = try report.needs.prefix(Self.listed).map { need in
      let face = try FaceCell(name: need.cell).flatMap { try example(of: target, in: $0) }
      let there = need.elsewhere.prefix(3).map { FacePage.escaped($0.words) }.joined(
        separator: ", ")
      let moments = FacePage.escaped(CoverageReport.moments(need))
      return """
        <div class="need"><div>\(try face.map { try page.figure($0) } ?? "")</div><div>
        <h3>\(FacePage.escaped(need.words))</h3><p>\(need.have) of \(need.need) faces, \(moments)</p>\
        \(there.isEmpty ? "" : "<p>There are \(there).</p>")</div></div>
        """
    }
    return """
      <section><h2>To film or to find</h2><p>Most needed first; each with a face of the target.</p>
      \(rows.joined(separator: "\n"))\
      \(rest.isEmpty ? "" : "<p>And \(rest.count) more; <code>curate coverage --list</code> has them.</p>")\
      </section>
      """
  }

  /// Where mirror images count alike, of either cell.
  private func example(of query: FaceQuery, in cell: FaceCell) throws -> FaceRecord? {
    let cells = report.mine.isFolded ? [cell, cell.mirrored] : [cell]
    let either = cells.map { cell in
      var parts = [QueryExpression.compare(.cell, .equal, .text(cell.pose.name))]
      if let light = cell.light { parts.append(.compare(.light, .equal, .text(light.rawValue))) }
      if let expression = cell.expression { parts.append(expression.query) }
      return parts.count > 1 ? .and(parts) : parts[0]
    }
    return try example(of: query, either.count > 1 ? .or(either) : either[0])
  }

  /// One of the sharper faces of the query for which that is true.
  private func example(of query: FaceQuery, _ own: QueryExpression) throws -> FaceRecord? {
    let both = query.expression.map { QueryExpression.and([$0, own]) } ?? own
    return try workspace.faces(
      matching: FaceQuery(both, includesRejected: query.includesRejected), at: [0.9],
      by: "sharpness"
    ).first
  }

  private static func degrees(_ angle: Double) -> String {
    (angle > 0 ? "+" : "") + angle.text(0) + "°"
  }
}

extension ExpressionBin {
  /// What is true of the faces of the bin.
  fileprivate var query: QueryExpression {
    func from(_ field: QueryField, _ least: Double) -> QueryExpression {
      .compare(field, .greaterOrEqual, .number(least))
    }
    func below(_ field: QueryField, _ limit: Double) -> QueryExpression {
      .compare(field, .less, .number(limit))
    }
    let open = from(.eyes, Self.closedEyes)
    return switch self {
    case .eyesClosed: below(.eyes, Self.closedEyes)
    case .mouthClosed: .and([open, below(.mouth, Self.partedMouth)])
    case .mouthParted:
      .and([open, from(.mouth, Self.partedMouth), below(.mouth, Self.openMouth)])
    case .mouthOpen: .and([open, from(.mouth, Self.openMouth)])
    }
  }
}
