import Foundation

/// Lines over the steps of a run, as HTML: the lines an SVG that stretches, the labels text beside
/// it, so that both are sharp and readable at any width.
struct LineChart {
  struct Line {
    /// Classes of the style sheet.
    let style: String
    let points: [(step: Int, value: Double)]
  }

  /// For those who do not see it.
  let label: String
  let isLogarithmic: Bool
  var lines: [Line] = []
  /// Style and name of the lines that need one.
  var key: [(style: String, name: String)] = []

  init(label: String, isLogarithmic: Bool) {
    (self.label, self.isLogarithmic) = (label, isLogarithmic)
  }

  /// Side of the SVG's own square; it is stretched.
  private static let side = 1000.0

  /// Nil where there is nothing to draw.
  var html: String? {
    let values = lines.flatMap { $0.points.map(\.value) }.filter(canBeShown)
    guard let low = values.min(), let high = values.max(),
      let last = lines.flatMap({ $0.points.map(\.step) }).max(), last > 0
    else { return nil }
    let (bottom, top) = range(low, high)
    func x(_ step: Int) -> Double { Double(step) / Double(last) }
    func y(_ value: Double) -> Double { 1 - (scaled(value) - bottom) / (top - bottom) }
    let drawn = lines.map { line in
      let places = line.points.filter { canBeShown($0.value) }.map {
        String(format: "%.1f,%.1f", Self.side * x($0.step), Self.side * y($0.value))
      }
      return "<polyline class=\"\(line.style)\" points=\"\(places.joined(separator: " "))\"/>"
    }
    let levels = ticks(low, high).filter { (0...1).contains(y($0)) }
    let grid = levels.map {
      String(
        format: "<line x1=\"0\" x2=\"1000\" y1=\"%.1f\" y2=\"%.1f\"/>", 1000 * y($0), 1000 * y($0))
    }
    let names = levels.map {
      String(format: "<span class=\"y\" style=\"top:%.2f%%\">%@</span>", 100 * y($0), Self.text($0))
    }
    let steps = Self.steps(last).map {
      String(
        format: "<span class=\"x\" style=\"left:%.2f%%\">%@</span>", 100 * x($0),
        RunReport.grouped($0))
    }
    let legend = key.map { "<span class=\"\($0.style)\">\($0.name)</span>" }
    return "<div class=\"chart\" role=\"img\" aria-label=\"\(label)\"><div>"
      + "<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">\(grid.joined())"
      + "\(drawn.joined())</svg>\(names.joined())\(steps.joined())</div></div>"
      + "<p class=\"key\">\(legend.joined())<span class=\"unit\">steps →</span></p>"
  }

  private func canBeShown(_ value: Double) -> Bool {
    value.isFinite && (!isLogarithmic || value > 0)
  }

  private func scaled(_ value: Double) -> Double { isLogarithmic ? log(value) : value }

  /// Of the scaled values, with a little air.
  private func range(_ low: Double, _ high: Double) -> (Double, Double) {
    let (low, high) = (scaled(low), scaled(high))
    let air = max(1e-3, 0.04 * (high - low))
    return (low - air, high + air)
  }

  /// Round numbers within the range, about five.
  private func ticks(_ low: Double, _ high: Double) -> [Double] {
    guard isLogarithmic else {
      let step = Self.round((high - low) / 4)
      let first = (low / step).rounded(.down)
      return (0...8).map { (first + Double($0)) * step }
    }
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    for digits in [[1.0, 1.5, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1]] {
      let found = decades.flatMap { decade in digits.map { $0 * pow(10, Double(decade)) } }
        .filter { $0 >= low && $0 <= high }
      if found.count <= 7 { return found }
    }
    return []
  }

  private static func steps(_ last: Int) -> [Int] {
    let step = max(1, Int(round(Double(last) / 5)))
    return Array(stride(from: 0, through: last, by: step))
  }

  /// The next of 1, 2 and 5 times a power of ten.
  private static func round(_ number: Double) -> Double {
    guard number > 0 else { return 1e-3 }
    let unit = pow(10, log10(number).rounded(.down))
    return unit * ([1.0, 2, 5].first { $0 * unit >= number } ?? 10)
  }

  private static func text(_ number: Double) -> String { String(format: "%.4g", number) }
}
