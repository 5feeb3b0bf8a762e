import FaceCore
import Foundation
import Media

/// The parts of the page that show faces.
extension RunReport {
  /// Previews in the page; of more, the first, the last and evenly spaced ones.
  private static let previewLimit = 24
  /// Of each side.
  private static let worstCount = 10

  func previews() throws -> String {
    let previews = folder.appending(path: "previews")
    // Without a preview there is no folder.
    let files = (try? FileManager.default.contentsOfDirectory(atPath: previews.path)) ?? []
    let names = files.compactMap { name in
      name.hasSuffix(".png") ? Int(name.dropLast(4)).map { (step: $0, name: name) } : nil
    }.sorted { $0.step < $1.step }
    guard !names.isEmpty else {
      return "<section><h2>Previews</h2><p class=\"note\">None yet.</p></section>"
    }
    let shown = min(names.count, Self.previewLimit)
    let chosen = (0..<shown).map { names[shown == 1 ? 0 : $0 * (names.count - 1) / (shown - 1)] }
    let images = try chosen.enumerated().map { place, preview in
      try picture(
        try ImageFile.read(path: previews.appending(path: preview.name).path),
        alt: "step \(Self.grouped(preview.step))", hidden: place < shown - 1)
    }
    let slider =
      shown < 2
      ? ""
      : """
      <p class="slide"><label for="slider">Step</label>
      <input id="slider" type="range" min="0" max="\(shown - 1)" value="\(shown - 1)">
      <output id="step" for="slider"></output></p>
      """
    return """
      <section><h2>Previews</h2>
      <p class="note">The same faces through the run. The swap is the target's face as the source's \
      decoder answers it.</p>
      \(slider)
      <div class="sheet"><div class="columns"><span>source</span><span>answered</span>\
      <span>target</span><span>swap</span></div>
      <div id="previews">\(images.joined(separator: "\n"))</div></div>
      <script>
      const images = document.querySelectorAll("#previews img");
      const slider = document.getElementById("slider");
      function show() {
        images.forEach((image, place) => { image.hidden = place != slider.value; });
        const text = images[slider.value].alt.replace("step ", "");
        document.getElementById("step").textContent = text;
        slider.setAttribute("aria-valuetext", "step " + text);
      }
      if (slider) { slider.addEventListener("input", show); show(); }
      </script></section>
      """
  }

  /// The worst faces with their losses.
  func hardestFaces(
    _ hardest: [FaceLosses.Face], crop: (FaceLosses.Face) throws -> Image?
  ) throws -> String {
    let worst = Side.allCases.flatMap { side in
      hardest.filter { $0.side == side }.prefix(Self.worstCount)
    }
    let figures = try worst.compactMap { face -> String? in
      guard let image = try crop(face) else { return nil }
      let small = image.shrunk(width: min(image.width, 144), height: min(image.height, 144))
      return "<figure>\(try picture(small, alt: face.id))"
        + "<figcaption><b>\(Self.text(face.loss, 3))</b> <i class=\"\(face.side.rawValue)\">"
        + "\(face.side.rawValue)</i><code>\(escaped(face.id))</code></figcaption></figure>"
    }
    guard !figures.isEmpty else { return "" }
    return "<section><h2>The hardest faces</h2><p class=\"note\">The highest losses of late on "
      + "each side: often faces that are blurred, covered or of somebody else.</p>"
      + "<div class=\"worst\">\(figures.joined())</div></section>"
  }

  private func picture(_ image: Image, alt: String, hidden: Bool = false) throws -> String {
    let data = Data(try JPEG.encode(image, quality: 85)).base64EncodedString()
    return "<img alt=\"\(escaped(alt))\" width=\"\(image.width)\" height=\"\(image.height)\" "
      + "\(hidden ? "hidden " : "")src=\"data:image/jpeg;base64,\(data)\">"
  }

  /// Faces of a side by yaw and pitch with their mean losses; poses that the other side has and this
  /// one lacks are marked.
  func coverage(_ side: Side, _ losses: [FaceLosses.Face]) -> String {
    func counts(_ side: Side) -> [PoseCell: Int] {
      var counts: [PoseCell: Int] = [:]
      for row in manifest.rows where row.side == side && row.split == .train {
        counts[TrainingAdvice.cell(of: row), default: 0] += 1
      }
      return counts
    }
    let (own, other) = (counts(side), counts(side == .source ? .target : .source))
    let means = FaceLosses.means(of: losses, in: manifest, side: side)
    let hard = hardCells(means)
    let most = Double(own.values.max() ?? 1)
    let rows = (0..<PoseCell.pitchCount).reversed().map { pitch in
      let cells = (0..<PoseCell.yawCount).map { yaw in
        let cell = PoseCell(yaw: yaw, pitch: pitch)
        guard let faces = own[cell], faces > 0 else {
          return (other[cell] ?? 0) > 0 ? "<td class=\"lacks\">×</td>" : "<td></td>"
        }
        let strength = Self.text(0.12 + 0.88 * (Double(faces) / most).squareRoot(), 2)
        let loss = means[cell].map {
          "<small>\(Self.text($0, 3).dropFirst($0 < 1 ? 1 : 0))</small>"
        }
        return
          "<td class=\"has\(hard.contains(cell) ? " hard" : "")\" style=\"--strength:\(strength)\">"
          + "\(faces)\(loss ?? "")</td>"
      }
      let name = Self.degrees(PoseCell(yaw: 4, pitch: pitch).center.pitch)
      return "<tr><th scope=\"row\">\(name)</th>\(cells.joined())</tr>"
    }
    let yaws = (0..<PoseCell.yawCount).map { Self.degrees(PoseCell(yaw: $0, pitch: 2).center.yaw) }
    let head = yaws.map { "<th scope=\"col\">\($0)</th>" }.joined()
    let people = Set(manifest.rows.filter { $0.side == side }.map(\.identity)).sorted()
    return "<table class=\"\(side.rawValue)\"><caption><i class=\"\(side.rawValue)\">"
      + "\(side.rawValue)</i> \(escaped(people.joined(separator: ", "))): "
      + "\(Self.grouped(count(side))) faces</caption>"
      + "<tr><td class=\"corner\"></td>\(head)</tr>\(rows.joined())</table>"
  }

  /// The cells that are clearly harder than the side on average.
  private func hardCells(_ means: [PoseCell: Double]) -> Set<PoseCell> {
    guard means.count > 1 else { return [] }
    let middle = means.values.sorted()[means.count / 2]
    return Set(means.filter { $0.value > 1.25 * middle }.keys)
  }

  private static func degrees(_ angle: Double) -> String {
    "\(angle > 0 ? "+" : angle < 0 ? "−" : "")\(Int(abs(angle)))"
  }
}
