import ArgumentParser
import Foundation
import OnnxModels

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Install networks of other people; train those that come with the program.",
    discussion: """
      Nothing needs them: faces are found, marked and told apart by what comes with the program. A \
      network is an ONNX file that you have from its makers, under their terms. It is kept in \
      $XDG_DATA_HOME/curate/models, else ~/.local/share/curate/models, together with its SHA-256, \
      and hashed again whenever it is opened. Nothing is ever downloaded but by install. ONNX \
      Runtime runs it: pip install onnxruntime.

      Kinds: yunet and scrfd find faces, arcface tells people apart, landmarks68, landmarks98 \
      (WFLW's order) and landmarks106 (InsightFace's order) place landmarks.
      """,
    subcommands: [
      ModelsList.self, ModelsInfo.self, ModelsInstall.self, ModelsRemove.self, ModelsTry.self,
      ModelsTrain.self,
    ])
}

struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the installed networks.",
    discussion: "Exit status 2 when the record of one cannot be read; stderr says of which.")

  @OptionGroup var output: OutputOption

  func run() throws {
    let (models, problems) = try ModelStore.standard().list()
    try output.show(
      models.map(ModelRow.init),
      [
        Column("name") { $0.name }, Column("kind") { $0.kind }, Column("task") { $0.task },
        Column("MB", number: true) { (Double($0.bytes) / 1e6).text(1) },
        Column("sha256") { String($0.sha256.prefix(12)) }, Column("installed") { $0.installed },
        Column("source") { $0.source },
      ])
    for problem in problems { warn("Error: \(problem)") }
    if !problems.isEmpty { throw ExitCode.partly }
  }
}

struct ModelsInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show all that is known of an installed network.")

  @OptionGroup var output: OutputOption
  @OptionGroup var model: InstalledModelArgument

  func run() throws {
    let row = ModelRow(try ModelStore.standard().record(of: model.name))
    try output.show(row) { row.text }
  }
}

struct ModelsRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove an installed network.")

  @OptionGroup var model: InstalledModelArgument

  func run() throws {
    try ModelStore.standard().remove(model.name)
    warn("\(model.name): removed")
  }
}

/// The name of an installed network.
struct InstalledModelArgument: ParsableArguments {
  @Argument(help: "The network's name, as curate models list shows it.")
  var name: String

  /// A name that no network can have is wrong usage.
  func validate() throws {
    do {
      try ModelStore.check(name: name)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

/// A network as it is printed.
struct ModelRow: Encodable {
  var name, kind, task, pixels, sha256, source, installed: String
  var licence: String?
  var bytes: Int
  var inputs, outputs: [OnnxPort]

  init(_ record: ModelRecord) {
    (name, kind, task) = (record.name, record.kind.rawValue, record.task.rawValue)
    (pixels, sha256, source) = (record.pixels.rawValue, record.sha256, record.source)
    installed = ISO8601DateFormatter().string(from: record.installed)
    (licence, bytes) = (record.licence, record.bytes)
    (inputs, outputs) = (record.inputs, record.outputs)
  }

  var text: String {
    var lines = [
      "name       \(name)", "kind       \(kind), for \(task)", "pixels     \(pixels)",
      "size       \(bytes) bytes", "sha256     \(sha256)", "source     \(source)",
      "installed  \(installed)",
    ]
    lines += inputs.map { "input      \($0.text)" } + outputs.map { "output     \($0.text)" }
    if let licence { lines.append("licence    \(licence)") }
    return lines.joined(separator: "\n")
  }
}
