package import Foundation

/// What the history of a run looks like.
package struct LossCurve {
  package struct Point {
    package let step: Int
    package let source: Float
    package let target: Float
  }

  /// Means of neighbouring steps.
  package let points: [Point]
  /// The lines in which something was measured.
  let looks: [History.Line]

  /// Over faces that are never learned.
  package var heldOut: [Point] {
    looks.compactMap { line in
      line.heldOut.map { Point(step: line.step, source: $0.source, target: $0.target) }
    }
  }

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
    looks = lines.compactMap { line in
      guard Self.marks.contains(where: { line.firstRange(of: $0) != nil }) else { return nil }
      return try? decoder.decode(History.Line.self, from: Data(line))  // As above.
    }
  }

  private static let marks = [Data("heldOut".utf8), Data("quality".utf8)]

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

  // MARK: Charts

  /// The losses of both sides on a logarithmic scale, pale as they are and bold smoothed; dashed over
  /// faces that are never learned.
  package var lossChart: String {
    var chart = LineChart(label: "loss by step", isLogarithmic: true)
    for (name, value) in [("source", \Point.source), ("target", \Point.target)] {
      let values = points.map { (step: $0.step, value: Double($0[keyPath: value])) }
      chart.lines.append(.init(style: "\(name) raw", points: values))
      chart.lines.append(.init(style: name, points: Self.smoothed(values)))
      let unseen = heldOut.map { (step: $0.step, value: Double($0[keyPath: value])) }
      if !unseen.isEmpty { chart.lines.append(.init(style: "\(name) dashed", points: unseen)) }
    }
    chart.key = [("source", "source"), ("target", "target")]
    if !heldOut.isEmpty {
      chart.key += [("source dashed", "source, unseen"), ("target dashed", "target, unseen")]
    }
    return chart.html ?? "<p class=\"note\">No step yet.</p>"
  }

  /// SSIM of both sides' faces, unseen ones where there are some, and of the swap where the truth is
  /// known; nil where nothing was measured.
  package var likenessChart: String? {
    var chart = LineChart(label: "likeness by step", isLogarithmic: false)
    func add(_ style: String, _ name: String, _ value: (PreviewQuality) -> Double?) {
      let points = looks.compactMap { line in
        line.quality.flatMap(value).map { (step: line.step, value: $0) }
      }
      guard !points.isEmpty else { return }
      chart.lines.append(.init(style: style, points: points))
      chart.key.append((style, name))
    }
    let areUnseen = looks.contains { $0.quality?.unseen != nil }
    add("source", "source") { (areUnseen ? $0.unseen : $0.learned)?.source?.ssim }
    add("target", "target") { (areUnseen ? $0.unseen : $0.learned)?.target?.ssim }
    add("swap", "swap against truth") { $0.swap?.ssim }
    add("swap dashed", "its worst tenth") { $0.swap?.worstSSIM }
    return chart.html
  }

  /// Means over a few neighbours on both sides.
  private static func smoothed(
    _ points: [(step: Int, value: Double)]
  ) -> [(step: Int, value: Double)] {
    let reach = points.count / 30
    return points.indices.map { place in
      // As many on both sides, so that the ends do not lag behind.
      let near = min(reach, place, points.count - 1 - place)
      let part = points[place - near...place + near]
      return (points[place].step, part.reduce(0) { $0 + $1.value } / Double(part.count))
    }
  }
}
