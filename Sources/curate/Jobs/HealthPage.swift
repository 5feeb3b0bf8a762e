import Catalog
import FaceCore

/// The health report as a page, with faces that show what the numbers mean.
struct HealthPage {
  let workspace: Workspace
  let query: FaceQuery
  let report: HealthReport

  var page: FacePage {
    FacePage(
      workspace: workspace, title: "What the faces are like",
      lead: query.text.isEmpty
        ? "All faces that are not rejected."
        : "Faces that match <code>\(FacePage.escaped(query.text))</code>.")
  }

  /// Writes it whole or not at all.
  func write(to path: String) throws {
    try page.write(
      [counts, try worst(), try neighbours(), try measures(), try lights()], to: path)
  }

  private var counts: String {
    let counts = report.counts
    let cards = [
      ("faces", counts.faces), ("tracks", counts.tracks), ("videos", counts.videos),
      ("people", counts.people), ("faces without a name", counts.faces - counts.named),
      ("near-duplicates", counts.duplicates), ("clusters of them", counts.duplicateClusters),
      ("rejected", counts.rejected),
    ].map { "<div><b>\($1)</b><span>\($0)</span></div>" }
    let reasons = report.rejected.map {
      "<tr><td>\(FacePage.escaped($0.value))</td><td class=\"n\">\($0.faces)</td></tr>"
    }
    return "<div class=\"cards\">\(cards.joined())</div>"
      + (reasons.isEmpty ? "" : "<h2>Rejected</h2><table>\(reasons.joined())</table>")
  }

  private func worst() throws -> String {
    let faces = try report.worstFaces.map {
      try page.figure($0.face, $0.reasons.joined(separator: ", "))
    }
    return """
      <section><h2>The worst \(faces.count) faces</h2><p>The least product of the ranks by each \
      measure with a bad end, none within a second of another of its track; below each, in what \
      nineteen of twenty are better.</p><div class="row">\(faces.joined())</div></section>
      """
  }

  private func measures() throws -> String {
    let rows = try report.measures.map { measure in
      let places = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
      let faces = try workspace.faces(matching: query, at: places, by: measure.name).map {
        try page.figure($0, HealthReport.number($0.measures[measure.name] ?? 0))
      }
      return """
        <div class="measure"><div><h3>\(measure.name)</h3>
        <p>\(measure.faces) faces, half below \(HealthReport.number(measure.p50))</p>
        \(chart(measure.bars))</div><div class="row">\(faces.joined())</div></div>
        """
    }
    return """
      <section><h2>Measures</h2><p>From the least to the most: the faces at 0, 5, 25, 50, 75, 95 and \
      100 of 100. The bars reach from the first percentile to the 99th.</p>
      \(rows.joined(separator: "\n"))</section>
      """
  }

  private func chart(_ bars: [Int]) -> String {
    let most = Double(max(1, bars.max() ?? 1))
    let rects = bars.enumerated().map { index, faces in
      let height = Double(faces) / most * 60
      return """
        <rect x="\(index * 9)" y="\((60 - height).text(1))" width="8" height="\(height.text(1))"/>
        """
    }
    return "<svg viewBox=\"0 0 216 60\" width=\"216\" height=\"60\">\(rects.joined())</svg>"
  }

  private func lights() throws -> String {
    let rows = try report.lights.filter { $0.value != "unknown" }.map { light in
      let own = QueryExpression.compare(.light, .equal, .text(light.value))
      let both = query.expression.map { QueryExpression.and([$0, own]) } ?? own
      let faces = try workspace.faces(
        matching: FaceQuery(both, includesRejected: query.includesRejected),
        at: [0.1, 0.3, 0.5, 0.7, 0.9], by: "luminance"
      ).map { try page.figure($0) }
      return """
        <div class="measure"><div><h3>\(light.value)</h3><p>\(light.faces) faces</p></div>
        <div class="row">\(faces.joined())</div></div>
        """
    }
    return "<section><h2>Light</h2>\(rows.joined(separator: "\n"))</section>"
  }
}
