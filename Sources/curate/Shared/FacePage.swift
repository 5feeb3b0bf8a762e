import Catalog
import FaceCore
import Foundation
import Media

/// A page with faces on it: one file that needs nothing beside it and speaks to nobody.
struct FacePage {
  /// Nil where every picture is given.
  let workspace: Workspace?
  let title: String
  let lead: String

  /// Side of a face, in pixels.
  private static let side = 112

  /// In the head of every page, by which an earlier one is known that may be replaced.
  private static let mark = #"<meta name="generator" content="curate">"#

  /// Throws `CommandError` where the name is no page's, or the file is something else than a page of ours.
  static func check(_ path: String?) throws {
    guard let path else { return }
    func isOurs(_ url: URL) -> Bool {
      // What cannot be read is nothing of ours.
      let head = try? FileHandle(forReadingFrom: url).read(upToCount: 4096)
      return head.map { String(decoding: $0, as: UTF8.self).contains(mark) } ?? false
    }
    try OutputFile.page(path).check(
      mayReplace: isOurs, hint: "it is no page of curate's, so give another name")
  }

  /// Writes it whole or not at all.
  ///
  /// Throws as `check` does.
  func write(_ sections: [String], to path: String) throws {
    try Self.check(path)
    let text = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">\(Self.mark)<title>\(Self.escaped(title))</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>\(Self.style)</style></head><body><main>
      <h1>\(Self.escaped(title))</h1><p class="lead">\(lead)</p>
      \(sections.joined(separator: "\n"))
      <footer>The people in this page have rights that its owner has to clear before it is shown. \
      Made by curate.</footer></main></body></html>

      """
    try AtomicFile.write(Data(text.utf8), to: path)
  }

  /// A face with a line below it; a crop that cannot be read leaves its place empty.
  func figure(_ face: FaceRecord, _ caption: String = "") throws -> String {
    let title = "\(face.video), \(face.time.seconds.text(1)) s, \(face.id)"
    // The rest of the page is good without it.
    let picture = try workspace?.crops.crop(named: face.crop.name).flatMap {
      try? ImageFile.decode($0, subject: face.crop.name)
    }
    return try figure(picture, title: title, caption)
  }

  /// A square picture with a line below it; without one its place stays empty.
  func figure(_ picture: Image?, title: String, _ caption: String) throws -> String {
    let title = Self.escaped(title)
    var source = ""
    if let picture {
      let side = min(Self.side, picture.width)
      let small = try JPEG.encode(picture.shrunk(width: side, height: side), quality: 85)
      source = "data:image/jpeg;base64,\(Data(small).base64EncodedString())"
    }
    return """
      <figure title="\(title)"><img alt="\(title)" src="\(source)"><figcaption>\
      \(Self.escaped(caption))</figcaption></figure>
      """
  }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  private static let style = """
    body{font:15px/1.45 system-ui,sans-serif;margin:0;background:#14161b;color:#d9dce3}
    main{max-width:74rem;margin:0 auto;padding:2rem}
    h1{margin:0 0 .3rem}h2{margin:1.8rem 0 .2rem;font-size:1.15rem}h3{margin:0;font-size:.95rem}
    em{color:#ffb26b;font-size:.8rem;font-style:normal}p{margin:.2rem 0 .6rem;color:#9aa1b0}
    .row{display:flex;flex-wrap:wrap;gap:8px}figure{margin:0;width:112px}
    figure img{width:112px;height:112px;border-radius:6px;background:#23262e;display:block}
    figcaption{font-size:.72rem;color:#9aa1b0;overflow-wrap:anywhere}
    table{border-collapse:collapse;margin:.4rem 0}td,th{padding:.15rem .9rem .15rem 0;text-align:left}
    td.n{text-align:right;font-variant-numeric:tabular-nums}
    .cards{display:flex;flex-wrap:wrap;gap:10px}.cards div{background:#1d2028;border-radius:8px;
    padding:.6rem .9rem}.cards b{display:block;font-size:1.4rem}.cards span{color:#9aa1b0}
    .measure{display:grid;grid-template-columns:15rem 1fr;gap:1rem;margin:.9rem 0}
    svg rect{fill:#6ea8fe}footer{margin-top:2.5rem;color:#6c7383;font-size:.8rem}
    table.map td{padding:4px;border-radius:8px;background:var(--heat)}table.map{border-spacing:3px;
    border-collapse:separate;table-layout:fixed;width:max-content}table.map td,table.map th{width:84px}
    table.map tr>:first-child{width:3rem}table.map td{height:104px}table.map figure,table.map img{width:84px}
    table.map img{height:84px}table.map figcaption{color:#fff;font-weight:600}
    table.map th{text-align:center;vertical-align:middle;padding:.15rem}.scroll{overflow-x:auto}
    .need{display:grid;grid-template-columns:112px 1fr;gap:1rem;margin:.9rem 0}
    td.none img{opacity:.35;filter:grayscale(1)}
    .pair{display:flex;flex-wrap:wrap;gap:10px;background:#1d2028;border-radius:8px;padding:6px}
    """
}
