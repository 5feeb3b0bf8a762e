import Catalog

/// A page that shows whom a list of suggestions is about.
struct IdentityPage {
  let workspace: Workspace

  /// Writes it whole or not at all.
  func write(_ suggestions: [SuggestJob.Suggestion], to path: String) throws {
    let page = FacePage(
      workspace: workspace, title: "Who is there",
      lead:
        "Of each person one face in each band of yaw, from image-left to image-right. Nothing has "
        + "changed: --assign gives these names.")
    let sections = try suggestions.map { suggestion in
      let faces = try workspace.faces(rows: suggestion.examples).map { try page.figure($0) }
      let likeness = suggestion.likeness.map { ", likeness \(Double($0).text(2))" } ?? ""
      let new = suggestion.isNew ? " <em>new</em>" : ""
      return """
        <section><h2>\(FacePage.escaped(suggestion.name))\(new)</h2>
        <p>\(suggestion.faces) faces in \(suggestion.tracks.count) tracks of \(suggestion.videos) \
        videos\(likeness)</p><div class="row">\(faces.joined())</div></section>
        """
    }
    try page.write(sections, to: path)
  }
}
