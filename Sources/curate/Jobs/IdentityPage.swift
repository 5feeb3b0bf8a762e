import Catalog
import FaceCore
import Foundation
import Media

/// A page that shows whom a list of suggestions is about: one file that needs nothing beside it.
struct IdentityPage {
  let workspace: Workspace

  /// Side of a face, in pixels.
  private static let side = 112

  /// Writes it whole or not at all.
  func write(_ suggestions: [SuggestJob.Suggestion], to path: String) throws {
    let rows = try suggestions.map { suggestion in
      let faces = try workspace.faces(rows: suggestion.examples).map { try picture($0) }
      let likeness = suggestion.likeness.map { ", likeness \(Double($0).text(2))" } ?? ""
      return """
        <section><h2>\(escaped(suggestion.name))\(suggestion.isNew ? " <em>new</em>" : "")</h2>
        <p>\(suggestion.faces) faces in \(suggestion.tracks.count) tracks of \(suggestion.videos) \
        videos\(likeness)</p><div>\(faces.joined())</div></section>
        """
    }
    let text = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Who is there</title>
      <style>body{font:15px system-ui,sans-serif;margin:2rem;background:#16181d;color:#dde}
      section{margin:0 0 1.5rem}h2{margin:0;font-size:1.1rem}em{color:#fb7;font-size:.8rem}
      p{margin:.2rem 0 .5rem;color:#99a}img{border-radius:6px;margin-right:6px}</style></head><body>
      <h1>Who is there</h1><p>Of each person one face in each band of yaw, from image-left to \
      image-right. Nothing has changed: --assign gives these names.</p>
      \(rows.joined(separator: "\n"))
      </body></html>

      """
    try AtomicFile.write(Data(text.utf8), to: path)
  }

  private func picture(_ face: FaceRecord) throws -> String {
    guard let bytes = try workspace.crops.crop(named: face.crop.name) else { return "" }
    let whole = try ImageFile.decode(bytes, subject: face.crop.name)
    let side = min(Self.side, whole.width)
    let small = try JPEG.encode(whole.shrunk(width: side, height: side), quality: 85)
    let title = escaped("\(face.video), \(face.time.seconds.text(1)) s, \(face.id)")
    return """
      <img alt="\(title)" title="\(title)" width="\(Self.side)" height="\(Self.side)" \
      src="data:image/jpeg;base64,\(Data(small).base64EncodedString())">
      """
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }
}
