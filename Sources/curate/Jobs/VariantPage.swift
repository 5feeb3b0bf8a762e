import FaceCore
import Foundation
import Media
import Trainer

/// A page that shows faces beside their variants.
struct VariantPage {
  let manifest: Manifest
  let crops: CropSource
  /// Most faces of a side that are shown.
  let faces: Int

  /// Writes it whole or not at all.
  func write(to path: String) throws {
    let page = FacePage(
      workspace: nil, title: "Faces and their variants",
      lead:
        "Manifest <code>\(FacePage.escaped(manifest.header.name))</code>. First each face as it is, "
        + "then its variants with the cells they are meant for.")
    let sections = try Side.allCases.map { side in
      let all = manifest.rows.filter { $0.side == side }
      let rows = all.filter { !$0.augmentation.variants.isEmpty }
      guard !rows.isEmpty else {
        return """
          <section><h2>\(side.rawValue)</h2><p>None of its \(all.count) faces has variants.</p></section>
          """
      }
      let count = min(faces, rows.count)
      let groups = try (0..<count).map { try group(rows[$0 * rows.count / count], page) }
      return """
        <section><h2>\(side.rawValue)</h2><p>\(count) of \(rows.count) faces that have variants.</p>\
        <div class="row">\(groups.joined())</div></section>
        """
    }
    try page.write(sections, to: path)
  }

  private func group(_ row: ManifestRow, _ page: FacePage) throws -> String {
    let crop = try crops.bytes(of: row.crop.name, sha256: row.crop.sha256)
    let image = try ImageFile.decode(crop, subject: row.crop.name)
    let samples = try FaceSample.samples(of: row, variants: true)
    let figures = try zip(samples, [nil] + row.augmentation.variants).map { sample, variant in
      var generator = SeededGenerator(seed: 1)
      let caption = variant.map { "\($0.cell): \($0.text)" } ?? "\(row.cell)"
      return try page.figure(
        try sample.picture(of: image, using: &generator).image, title: row.id, caption)
    }
    return "<div class=\"pair\">\(figures.joined(separator: "\n"))</div>"
  }
}
