public import FaceCore
public import Foundation
import Media

/// A page that tells how a run went: one file that needs nothing beside it.
public struct RunReport {
  /// The run's folder.
  let folder: URL
  let manifest: Manifest
  let configuration: TrainingConfiguration

  private var history: URL { folder.appending(path: "history.jsonl") }

  public static let name = "report.html"
  /// Previews in the page; of more, the first, the last and evenly spaced ones.
  private static let previewLimit = 24
  private static let worstCount = 20

  public init(folder: URL, manifest: Manifest, configuration: TrainingConfiguration) {
    (self.folder, self.manifest, self.configuration) = (folder, manifest, configuration)
  }

  /// Writes the page into the run's folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - hardest: The faces the model finds hardest, the worst first.
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
    let title = folder.lastPathComponent
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>\(Self.style)</style></head><body>
      <h1>\(escaped(title))</h1>
      \(try facts(heldOut: curve.heldOut.last))
      \(advice)
      <h2>Loss</h2>
      <p class="key"><span class="source">source</span> <span class="target">target</span>\
      \(curve.heldOut.isEmpty ? "" : ", dashed: faces of videos that are not learned")</p>
      \(curve.svg)
      <h2>Previews</h2>
      \(try previews())
      \(try table(of: hardest, crop: crop))
      <h2>What it learned from</h2>
      <div class="pair">\(coverage(.source))\(coverage(.target))</div>
      <h2>Configuration</h2>
      <details><summary>All settings</summary><pre>\(escaped(try settings()))</pre></details>
      <p class="small">Faces in this page are synthetic or belong to people whose rights the owner of this
      run has to clear. Made by curate.</p>
      </body></html>

      """
  }

  // MARK: Parts

  private func facts(heldOut: LossCurve.Point?) throws -> String {
    let last = try History.lastLine(of: history)
    var cards = [
      ("model", "\(configuration.model.rawValue), \(configuration.resolution) px"),
      ("faces", "\(count(.source)) source, \(count(.target)) target"),
    ]
    if let last {
      cards += [
        ("steps", String(last.step)),
        ("loss", String(format: "%.4f source, %.4f target", last.source, last.target)),
        ("steps a second", String(format: "%.2f", last.rate)),
        ("waiting for data", String(format: "%.1f %%", last.wait * 100)),
      ]
    }
    if let heldOut {
      cards.append(
        (
          "loss, not learned",
          String(format: "%.4f source, %.4f target", heldOut.source, heldOut.target)
        ))
    }
    let list = cards.map { "<div><b>\(escaped($0.1))</b><span>\($0.0)</span></div>" }
    return "<div class=\"cards\">\(list.joined())</div>"
      + "<p class=\"small\">manifest <code>\(escaped(manifest.id))</code></p>"
  }

  private var advice: String {
    let warnings = TrainingAdvice(manifest).warnings
    guard !warnings.isEmpty else { return "" }
    let items = warnings.map { "<li>\(escaped($0))</li>" }.joined()
    return "<ul class=\"warnings\">\(items)</ul>"
  }

  private func count(_ side: Side) -> Int {
    manifest.rows.count { $0.side == side && $0.split == .train }
  }

  private func previews() throws -> String {
    let previews = folder.appending(path: "previews")
    // Without a preview there is no folder.
    let files = (try? FileManager.default.contentsOfDirectory(atPath: previews.path)) ?? []
    let names = files.filter { $0.hasSuffix(".png") }.sorted()
    guard !names.isEmpty else { return "<p>None yet.</p>" }
    let shown = min(names.count, Self.previewLimit)
    let chosen = (0..<shown).map { names[shown == 1 ? 0 : $0 * (names.count - 1) / (shown - 1)] }
    let images = try chosen.enumerated().map { place, name in
      try picture(
        try ImageFile.read(path: previews.appending(path: name).path),
        alt: "step \(Int(name.dropLast(4)) ?? 0)", hidden: place < shown - 1)
    }
    return """
      <p class="small">Columns: source, its reconstruction, target, the swap.</p>
      <p><input id="slider" type="range" min="0" max="\(shown - 1)" value="\(shown - 1)"
      aria-label="preview"> <output id="step"></output></p>
      <div id="previews">\(images.joined(separator: "\n"))</div>
      <script>
      const images = document.querySelectorAll("#previews img");
      const slider = document.getElementById("slider");
      function show() {
        images.forEach((image, place) => { image.hidden = place != slider.value; });
        document.getElementById("step").textContent = images[slider.value].alt;
      }
      slider.addEventListener("input", show); show();
      </script>
      """
  }

  /// The worst faces with their losses.
  private func table(
    of hardest: [FaceLosses.Face], crop: (FaceLosses.Face) throws -> Image?
  ) throws -> String {
    let figures = try hardest.prefix(Self.worstCount).compactMap { face -> String? in
      guard let image = try crop(face) else { return nil }
      let small = image.resized(width: 96, height: 96)
      let loss = String(format: "%.3f", face.loss)
      return "<figure>\(try picture(small, alt: face.id))"
        + "<figcaption>\(loss) \(face.side.rawValue)<br><code>\(escaped(face.id))</code>"
        + "</figcaption></figure>"
    }
    guard !figures.isEmpty else { return "" }
    return
      "<h2>The hardest faces</h2><p class=\"small\">The highest losses of late: often faces that "
      + "are blurred, covered or of somebody else.</p><div class=\"worst\">\(figures.joined())</div>"
  }

  private func picture(_ image: Image, alt: String, hidden: Bool = false) throws -> String {
    let data = Data(try JPEG.encode(image, quality: 85)).base64EncodedString()
    return "<img alt=\"\(escaped(alt))\" \(hidden ? "hidden " : "")"
      + "src=\"data:image/jpeg;base64,\(data)\">"
  }

  /// Faces of a side by yaw and pitch; poses that the other side has and this one lacks are marked.
  private func coverage(_ side: Side) -> String {
    func counts(_ side: Side) -> [PoseCell: Int] {
      var counts: [PoseCell: Int] = [:]
      for row in manifest.rows where row.side == side && row.split == .train {
        counts[TrainingAdvice.cell(of: row), default: 0] += 1
      }
      return counts
    }
    let (own, other) = (counts(side), counts(side == .source ? .target : .source))
    let most = Double(own.values.max() ?? 1)
    let yaws = (0..<PoseCell.yawCount).map { Int(PoseCell(yaw: $0, pitch: 0).center.yaw) }
    let rows = (0..<PoseCell.pitchCount).reversed().map { pitch in
      let cells = (0..<PoseCell.yawCount).map { yaw in
        let cell = PoseCell(yaw: yaw, pitch: pitch)
        let faces = own[cell] ?? 0
        let lacks = faces == 0 && (other[cell] ?? 0) > 0
        let strength = faces == 0 ? 0 : 0.15 + 0.85 * (Double(faces) / most).squareRoot()
        return String(
          format: "<td class=\"%@\" style=\"--strength:%.2f\">%@</td>", lacks ? "lacks" : "",
          strength,
          faces > 0 ? String(faces) : lacks ? "×" : "")
      }
      return "<tr><th>\(Int(PoseCell(yaw: 0, pitch: pitch).center.pitch))°</th>"
        + cells.joined() + "</tr>"
    }
    let head = yaws.map { "<th>\($0)°</th>" }.joined()
    return
      "<table class=\"\(side.rawValue)\"><caption>\(side.rawValue): \(count(side)) faces by yaw "
      + "and pitch, × where the other side has some</caption>"
      + "<tr><th></th>\(head)</tr>\(rows.joined())</table>"
  }

  private func settings() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(configuration), as: UTF8.self)
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  private static let style = """
    :root { --source: #1f6feb; --target: #d9730d; color-scheme: light dark; }
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; }
    .cards div { border: 1px solid #8884; border-radius: .5rem; padding: .6rem .8rem; }
    .cards b { display: block; } .cards span, .small { color: #777; font-size: .85rem; }
    .warnings { border-left: .3rem solid #d4a017; padding: .4rem 0 .4rem 2rem; }
    svg { width: 100%; } svg line { stroke: #8883; } svg text { font-size: 11px; fill: #777; }
    polyline { fill: none; stroke-width: 1.5; }
    polyline.unseen { stroke-dasharray: 5 4; stroke-width: 2; }
    polyline.source { stroke: var(--source); } polyline.target { stroke: var(--target); }
    .key .source { color: var(--source); } .key .target { color: var(--target); }
    #previews img { max-width: 100%; } #slider { width: 70%; vertical-align: middle; }
    .worst { display: flex; flex-wrap: wrap; gap: .8rem; } figure { margin: 0; font-size: .75rem; width: 7.2rem; overflow-wrap: anywhere; }
    .pair { display: flex; flex-wrap: wrap; gap: 2rem; }
    table { border-collapse: collapse; font-size: .8rem; } caption { text-align: left; padding-bottom: .4rem; }
    td, th { width: 2.4rem; height: 1.9rem; text-align: center; font-weight: normal; }
    td { border: 1px solid #8883; background: color-mix(in srgb, var(--ink) calc(var(--strength) * 70%), transparent); }
    table.source { --ink: var(--source); } table.target { --ink: var(--target); }
    td.lacks { color: #c00; font-weight: bold; } pre { overflow: auto; }
    """
}
