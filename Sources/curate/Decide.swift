import ArgumentParser
import Catalog

/// What a decision covers.
struct ScopeOption: ParsableArguments {
  @Flag(help: "Take the whole track of every face that matches: one person through one shot.")
  var tracks = false

  var scope: DecisionScope { tracks ? .tracks : .faces }
}

struct Reject: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reject the faces that match a query; nothing is deleted.",
    discussion: "Rejected faces are left out of lists, coverage and manifests until they are "
      + "accepted again, or the rejection is undone.\n\n" + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var scope: ScopeOption

  @Argument(help: "The query.")
  var query: String

  @Option(help: "Why; kept with each face.")
  var reason = "by hand"

  @Flag(help: "Only say how many faces match.")
  var dryRun = false

  func run() throws {
    let faceQuery = try FaceQuery(deciding: query)
    let opened = try workspace.openForWriting()
    let before = try opened.count()
    if dryRun {
      let count = try opened.count(matching: faceQuery)
      return warn("\(count) of \(before) faces match; nothing was changed")
    }
    let count = try opened.reject(
      matching: faceQuery, reason: reason, scope: scope.scope, note: .now())
    warn(
      "\(count) of \(before) faces rejected, \(before - count) are left"
        + (count > 0 ? "; curate undo takes it back" : ""))
    if count > 0 { try opened.warnOfOrphans() }
  }
}

extension Workspace {
  /// Says that faces are hidden behind others that are rejected, or of somebody else.
  func warnOfOrphans() throws {
    let orphans = try orphanedDuplicates()
    guard orphans > 0 else { return }
    warn(
      "Warning: \(orphans) faces are near-duplicates of ones that are rejected or of another person, and nothing "
        + "stands for them; curate dedup chooses anew")
  }

  /// Rejects new faces of people who were excluded.
  func excludeAgain(_ names: Set<String>) throws {
    for name in try excludedIdentities() where names.contains(name) {
      let count = try exclude(name, note: .now())
      if count > 0 { warn("\(count) faces of \(name), who is excluded, are rejected") }
    }
  }
}

struct Accept: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take back the rejection of the faces that match a query.", discussion: queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var scope: ScopeOption

  @Argument(help: "The query; it sees rejected faces, too.")
  var query: String

  @Option(help: "Why.")
  var reason = ""

  @Flag(help: "Only say how many faces match.")
  var dryRun = false

  func run() throws {
    var faceQuery = try FaceQuery(deciding: query)
    faceQuery.includesRejected = true
    let opened = try workspace.openForWriting()
    if dryRun {
      return warn("\(try opened.count(matching: faceQuery)) faces match; nothing was changed")
    }
    let before = try opened.count()
    let count = try opened.accept(
      matching: faceQuery, reason: reason, scope: scope.scope, note: .now())
    warn(
      "\(count) faces accepted, \(before + count) are there now"
        + (count > 0 ? "; curate undo takes it back" : ""))
  }
}
