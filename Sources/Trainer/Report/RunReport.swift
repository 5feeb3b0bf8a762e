public import FaceCore
public import Foundation
import Media
import Networks

/// A page that tells how a run went: one file that needs nothing beside it, and no script but for
/// the slider.
public struct RunReport {
  /// The run's folder.
  let folder: URL
  let manifest: Manifest
  let configuration: TrainingConfiguration

  private var history: URL { folder.appending(path: "history.jsonl") }

  public static let name = "report.html"

  public init(folder: URL, manifest: Manifest, configuration: TrainingConfiguration) {
    (self.folder, self.manifest, self.configuration) = (folder, manifest, configuration)
  }

  /// Writes the page into the run's folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - hardest: The faces the model has learned, the hardest first.
  ///   - crop: The picture of one of them; nil where there is none.
  public func write(
    hardest: [FaceLosses.Face] = [], crop: (FaceLosses.Face) throws -> Image? = { _ in nil }
  ) throws {
    try AtomicFile.write(
      Data(try html(hardest: hardest, crop: crop).utf8),
      to: folder.appending(path: Self.name).path)
  }

  private func html(
    hardest: [FaceLosses.Face], crop: (FaceLosses.Face) throws -> Image?
  ) throws -> String {
    // A run that has just begun has no history yet.
    let curve = LossCurve(history: (try? Data(contentsOf: history)) ?? Data())
    let last = try History.lastLine(of: history)
    let title = escaped(folder.lastPathComponent)
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(title) – training report</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>\(Self.style)</style></head><body><main>
      <header><p class="over">Training report</p><h1>\(title)</h1>
      <p class="lead">\(escaped(lead(last?.step)))</p></header>
      \(cards(last, look: try History.lastLook(of: history)))
      \(warnings(last?.step))
      <div class="split">\(try previews())<div>
      <section><h2>Loss</h2>
      <p class="note">How far the answers are from the faces, on a logarithmic scale; lower is better. \
      Pale: the steps. Bold: smoothed.\
      \(curve.looks.contains { $0.heldOut != nil }
        ? " Dashed: faces of videos that are never learned." : "")</p>
      \(curve.lossChart)</section>
      \(likeness(curve))</div></div>
      \(try hardestFaces(hardest, crop: crop))
      <section><h2>What it learned from</h2>
      <p class="note">Faces by where they look: yaw from left to right, pitch from up to down, in \
      degrees. Below each number the mean loss of its faces; the hardest are underlined. \
      <span class="cross">×</span> marks poses that only the other side has.</p>
      <div class="pair">\(coverage(.source, hardest))\(coverage(.target, hardest))</div></section>
      <section><h2>How it was made</h2>\(try settings())</section>
      <footer>
      <p>The people in this page are synthetic, or have rights that the owner of this run has to \
      clear before it is shown. Footage made with this model is synthetic media and must be marked \
      as such.</p>
      <p>Made by curate.</p></footer>
      </main></body></html>

      """
  }

  // MARK: Parts

  private func lead(_ step: Int?) -> String {
    "\(people(.source)) into \(people(.target)) · model \(configuration.model.rawValue), "
      + "\(configuration.resolution) px" + (step.map { " · \(Self.grouped($0)) steps" } ?? "")
  }

  private func people(_ side: Side) -> String {
    let names = Set(manifest.rows.filter { $0.side == side }.map(\.identity)).sorted()
    return names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and others" : "")
  }

  /// The figures that matter, with both sides where there are two.
  private func cards(_ last: History.Line?, look: History.Line?) -> String {
    var cards: [String] = []
    func card(_ title: String, _ value: String, _ below: String = "") {
      cards.append("<div><span>\(title)</span><b>\(value)</b><small>\(below)</small></div>")
    }
    func sides(_ title: String, _ source: Double, _ target: Double, _ decimals: Int) {
      let texts = [("source", source), ("target", target)].map { name, value in
        "<i class=\"\(name)\">\(Self.text(value, decimals))</i>"
      }
      card(title, texts.joined(separator: " "), "source, target")
    }
    if let unseen = look?.quality?.unseen, let source = unseen.source, let target = unseen.target {
      sides("Likeness of unseen faces", source.ssim, target.ssim, 3)
    } else if let learned = look?.quality?.learned, let source = learned.source,
      let target = learned.target
    {
      sides("Likeness of learned faces", source.ssim, target.ssim, 3)
    }
    if let swap = look?.quality?.swap {
      card(
        "Swap against truth", "\(Self.text(swap.psnr, 1)) dB",
        "SSIM \(Self.text(swap.ssim, 3)); worst tenth \(Self.text(swap.worstPSNR, 1)) dB, "
          + Self.text(swap.worstSSIM, 3)
          + (look?.quality?.untouched.map {
            "; without a swap \(Self.text($0.psnr, 1)) dB, \(Self.text($0.ssim, 3))"
          } ?? ""))
    }
    if let last { sides("Loss", Double(last.source), Double(last.target), 3) }
    if let loss = look?.heldOut {
      sides("Loss of unseen faces", Double(loss.source), Double(loss.target), 3)
    }
    card(
      "Faces", "\(Self.grouped(count(.source))) + \(Self.grouped(count(.target)))",
      "source + target; \(Self.grouped(manifest.rows.count { $0.split == .validation })) held out")
    if let last {
      card(
        "Steps", Self.grouped(last.step),
        "\(Self.text(last.rate, last.rate < 10 ? 2 : 1)) a second, "
          + "\(Self.text(last.wait * 100, 1)) % waiting for data")
    }
    let columns = cards.count.isMultiple(of: 3) ? 3 : cards.count
    return "<div class=\"cards\" style=\"--columns:\(columns)\">\(cards.joined())</div>"
  }

  private func warnings(_ step: Int?) -> String {
    let warnings = RunWarnings.read(run: folder)
    guard !warnings.isEmpty else {
      return "<p class=\"fine\">No warnings: nothing known to go wrong was seen.</p>"
    }
    let items = warnings.map { warning in
      "<li><span>\(warning.step == 0 ? "before the first step" : "step \(Self.grouped(warning.step))")"
        + "</span>\(escaped(warning.text))</li>"
    }
    return "<section class=\"warnings\"><h2>Worth a look</h2><ul>\(items.joined())</ul></section>"
  }

  /// The likeness over the run, and the swap's where the truth is known.
  private func likeness(_ curve: LossCurve) -> String {
    guard let chart = curve.likenessChart else { return "" }
    let hasSwap = curve.looks.contains { $0.quality?.swap != nil }
    let hasUnseen = curve.looks.contains { $0.quality?.unseen != nil }
    return "<section><h2>Likeness</h2><p class=\"note\">Structural similarity (SSIM) of "
      + (hasUnseen ? "unseen" : "learned")
      + " faces and what the model makes of them, inside of the face; 1 is equal."
      + (hasSwap ? " Green: the swap against the true one; dashed, its worst tenth." : "")
      + "</p>\(chart)</section>"
  }

  func count(_ side: Side) -> Int {
    manifest.rows.count { $0.side == side && $0.split == .train }
  }

  /// What decides the result, in a table, and all of it as JSON.
  private func settings() throws -> String {
    let learning = configuration.optimizer
    var lines = [
      ("Model", "\(configuration.model.rawValue), \(configuration.resolution) px"),
      (
        "Batch",
        "\(configuration.batchSize) faces a side"
          + (configuration.accumulation > 1 ? ", \(configuration.accumulation) batches a step" : "")
      ),
      (
        "Learning",
        "\(learning.rule.rawValue), rate \(learning.learningRate)"
          + (configuration.schedule.decay.map { ", down by step \(Self.grouped($0))" } ?? "")
          + (configuration.warpEnd.map { ", unbent from step \(Self.grouped($0))" } ?? "")
      ),
      (
        "Loss",
        configuration.losses.map { "\($0.kind.rawValue) × \($0.weight)" }.joined(separator: " + ")
      ),
      ("Seed", String(configuration.seed)),
      ("Source", people(.source)), ("Target", people(.target)),
      ("Manifest", manifest.header.name), ("Manifest id", manifest.id),
    ]
    if !manifest.header.recipe.isEmpty { lines.append(("Recipe", manifest.header.recipe)) }
    let rows = lines.map { "<dt>\($0.0)</dt><dd>\(escaped($0.1))</dd>" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let all = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    return "<dl>\(rows.joined())</dl>"
      + "<details><summary>All settings</summary><pre>\(escaped(all))</pre></details>"
  }

  // MARK: Text

  /// With thin spaces between thousands.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.map { place in
      (place > 0 && (digits.count - place) % 3 == 0 ? "\u{202F}" : "") + String(digits[place])
    }.joined()
  }

  static func text(_ number: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", number)
  }

  func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }
}
