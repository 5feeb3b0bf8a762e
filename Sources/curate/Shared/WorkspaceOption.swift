import ArgumentParser
import Catalog
import Foundation

/// The folder that holds the catalogue; may stand before the verb or after it.
struct WorkspaceOption: ParsableArguments {
  @Option(help: "The workspace folder.")
  var workspace = "."

  /// Whether the folder is a workspace, whole or not.
  var isThere: Bool { FileManager.default.fileExists(atPath: folder + "/catalog.sqlite") }

  func open(_ access: Workspace.Access = .readWrite) throws -> Workspace {
    try Workspace(opening: folder, access: access)
  }

  /// Nil where there is none; one that is there and cannot be opened is an error.
  func openIfThere(_ access: Workspace.Access = .readOnly) throws -> Workspace? {
    isThere ? try open(access) : nil
  }

  /// For commands that change it: a read-only workspace is refused before any work is done.
  func openForWriting() throws -> Workspace {
    let opened = try open()
    guard !opened.isReadOnly else {
      throw CommandError("\(folder): the workspace cannot be written; check its permissions")
    }
    return opened
  }

  var folder: String {
    workspace.count > 1 && workspace.hasSuffix("/") ? String(workspace.dropLast()) : workspace
  }

  func manifestPath(_ name: String) -> String { "\(folder)/manifests/\(name).jsonl" }
  func modelFolder(_ name: String) -> String { "\(folder)/models/\(name)" }

  /// The manifest of that name, or the file itself when a path is given.
  func resolveManifest(_ name: String) -> String {
    name.hasSuffix(".jsonl") || name.contains("/") ? name : manifestPath(name)
  }

  /// The folder of a model that is there.
  ///
  /// Throws `CommandError`, which names those of the workspace.
  func existingModel(_ name: String) throws -> String {
    let path = resolveModel(name)
    guard !FileManager.default.fileExists(atPath: path) else { return path }
    let all = modelNames.joined(separator: ", ")
    throw CommandError(
      "\(name): no such model; "
        + (all.isEmpty ? "none is in \(folder)/models" : "there are \(all)"))
  }

  /// The models of the workspace, by name.
  var modelNames: [String] {
    // A workspace in which nothing was trained has no such folder.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: modelFolder(""))) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The model of that name, or the folder itself when a path is given.
  func resolveModel(_ name: String) -> String {
    name.contains("/") ? name : modelFolder(name)
  }
}

extension ChangeNote {
  /// This process's command line, by the user who typed it.
  static func now() -> ChangeNote {
    ChangeNote(
      author: NSUserName(), command: CommandLine.arguments.dropFirst().joined(separator: " "),
      date: Date())
  }
}

extension FaceQuery {
  /// The query as typed, of a command that changes what it matches: an empty one, which would be every face,
  /// ends it as wrong usage.
  init(deciding text: String) throws {
    try self.init(typed: text)
    guard expression != nil else {
      warn(
        "Error: query: is empty, which would be every face; if you mean that, type 'not rejected'")
      throw ExitCode.usage
    }
  }

  /// The query as typed; a mistake is shown under the text and ends the command as wrong usage.
  ///
  /// `name` says which query it is.
  init(typed text: String, as name: String = "query") throws {
    do {
      try self.init(parsing: text)
    } catch {
      warn("Error: \(name): \(error.reason)")
      if let excerpt = error.excerpt { warn(excerpt) }
      throw ExitCode.usage
    }
  }
}
