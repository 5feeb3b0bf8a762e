package import Foundation

/// The losses of a run as a picture.
package struct LossCurve {
  package struct Point {
    package let step: Int
    package let source: Float
    package let target: Float
  }

  package let points: [Point]
  /// Over faces that are never learned.
  package let heldOut: [Point]

  /// Lines of the history that are looked at; of a longer one, evenly spaced ones.
  private static let lineLimit = 20_000
  /// Points of the curve.
  private static let pointCount = 400

  /// Reads a history; lines that cannot be read are passed over.
  package init(history data: Data) {
    let lines = data.split(separator: UInt8(ascii: "\n"))
    let stride = max(1, lines.count / Self.lineLimit)
    let decoder = JSONDecoder()
    let read = Swift.stride(from: lines.count - 1, through: 0, by: -stride).compactMap {
      try? decoder.decode(History.Line.self, from: Data(lines[$0]))  // Cut off by a kill.
    }.reversed()
    points = Self.means(of: Array(read))
    heldOut = lines.compactMap { line in
      guard line.contains(Self.heldOutMark),
        let found = try? decoder.decode(History.Line.self, from: Data(line)),
        let source = found.heldOutSource, let target = found.heldOutTarget
      else { return nil }
      return Point(step: found.step, source: source, target: target)
    }
  }

  private static let heldOutMark = Data("heldOut".utf8)

  /// Means of neighbouring steps.
  private static func means(of lines: [History.Line]) -> [Point] {
    let size = max(1, lines.count / pointCount)
    return Swift.stride(from: 0, to: lines.count, by: size).map { start in
      let part = lines[start..<min(lines.count, start + size)]
      func mean(_ value: (History.Line) -> Float) -> Float {
        part.reduce(0) { $0 + value($1) } / Float(part.count)
      }
      return Point(
        step: part.last?.step ?? 0, source: mean(\.source), target: mean(\.target))
    }
  }

  /// An SVG element, 800 × 280; the loss on a logarithmic scale.
  package var svg: String {
    let values = (points + heldOut).flatMap { [$0.source, $0.target] }.filter {
      $0 > 0 && $0.isFinite
    }
    guard let low = values.min(), let high = values.max(), let last = points.last?.step, last > 0
    else { return "<p>No step yet.</p>" }
    let (left, top, width, height) = (56.0, 10.0, 730.0, 230.0)
    let (bottom, range) = (log(Double(low)), max(1e-6, log(Double(high)) - log(Double(low))))
    func x(_ step: Int) -> Double { left + width * Double(step) / Double(last) }
    func y(_ loss: Double) -> Double { top + height * (1 - (log(loss) - bottom) / range) }
    func line(_ name: String, _ points: [Point], _ value: (Point) -> Float) -> String {
      let places = points.filter { value($0) > 0 && value($0).isFinite }.map {
        String(format: "%.1f,%.1f", x($0.step), y(Double(value($0))))
      }
      return "<polyline class=\"\(name)\" points=\"\(places.joined(separator: " "))\"/>"
    }
    let levels = (0...4).map { exp(bottom + range * Double($0) / 4) }
    let grid = levels.map {
      String(
        format: "<line x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>"
          + "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%.3f</text>", left, left + width,
        y($0),
        y($0), left - 6, y($0) + 4, $0)
    }
    let steps = (0...4).map { last * $0 / 4 }.map {
      String(
        format: "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%d</text>", x($0),
        top + height + 20, $0)
    }
    return "<svg viewBox=\"0 0 800 280\" role=\"img\" aria-label=\"losses by step\">"
      + grid.joined() + steps.joined() + line("source", points, \.source)
      + line("target", points, \.target) + line("source unseen", heldOut, \.source)
      + line("target unseen", heldOut, \.target)
      + "<text x=\"420\" y=\"274\" text-anchor=\"middle\">steps</text></svg>"
  }
}
