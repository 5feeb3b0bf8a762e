import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct ManifestDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What changed between two manifests, and why.",
    discussion: """
      Counts and lists faces that only one of them holds and faces that both hold differently, and \
      the keys their recipes differ in. Where there is a workspace it is asked what became of faces \
      that are gone.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "A manifest's name in the workspace, or its file.")
  var before: String

  @Argument(help: "The other one.")
  var after: String

  @Flag(help: "List all faces, not only the first ten of each kind.")
  var all = false

  func run() throws {
    let comparison = try ManifestComparison(
      from: Manifest(path: workspace.resolveManifest(before)),
      to: Manifest(path: workspace.resolveManifest(after)),
      workspace: workspace.openIfThere(),
      limit: ManifestComparison.limit(all: all))
    try output.show(comparison) { comparison.text }
  }
}

extension ManifestComparison {
  static func limit(all: Bool) -> Int { all ? .max : 10 }

  /// For people.
  var text: String {
    if isSame { return "the same manifest, \(before.manifestID)" }
    var lines = [Self.line("before", before), Self.line("after", after)]
    lines += recipe.map { change in
      "recipe   \(change.key): \(change.before ?? "not set"), then \(change.after ?? "not set")"
    }
    lines += Self.lines("removed", removed) + Self.lines("added", added)
    if changed.total > 0 {
      lines.append("changed  \(changed.total) faces: \(Self.list(changed.byPart))")
      lines += changed.listed.map { line in
        "  \(line.side.rawValue) \(line.id)  "
          + line.parts.map { "\($0.part) \($0.before), then \($0.after)" }.joined(separator: "; ")
      }
      lines += Self.rest(changed.total - changed.listed.count)
    }
    if removed.total + added.total + changed.total == 0 { lines.append("the same faces") }
    return lines.joined(separator: "\n")
  }

  private static func line(_ title: String, _ head: Head) -> String {
    title.padding(toLength: 9, withPad: " ", startingAt: 0)
      + "\(head.manifestID.prefix(16))  \(head.name)  \(head.faces) faces  "
      + "catalogue revision \(head.catalogRevision)  \(head.tool)"
  }

  private static func lines(_ title: String, _ faces: Faces) -> [String] {
    guard faces.total > 0 else { return [] }
    let videos = Dictionary(
      faces.byVideo.map { ("\($0.key.prefix(12))…", $0.value) }, uniquingKeysWith: +)
    return [
      title.padding(toLength: 9, withPad: " ", startingAt: 0)
        + "\(faces.total) faces: \(list(faces.bySide))",
      "  by cell   \(list(faces.byCell))", "  by video  \(list(videos))",
    ] + (faces.byReason.count < faces.total ? ["  why       \(list(faces.byReason))"] : [])
      + faces.listed.map { "  \($0.side.rawValue) \($0.id)  \($0.cell)  \($0.reason)" }
      + rest(faces.total - faces.listed.count)
  }

  private static func rest(_ count: Int) -> [String] {
    count > 0 ? ["  … and \(count) more; --all lists them"] : []
  }

  /// The most frequent first, six at most.
  private static func list(_ counts: [String: Int]) -> String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return sorted.prefix(6).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      + (sorted.count > 6 ? ", and \(sorted.count - 6) more" : "")
  }
}
