public import ArgumentParser
import FaceCore
import Foundation
public import OnnxModels

struct ModelsInstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Install a network from an ONNX file or an address.",
    discussion: """
      An address needs --sha256, so that what comes is what was meant; of a file the hash is \
      compared if it is given. The network is opened and run once on a grey picture: one that is \
      damaged, of no known kind or does not answer as its kind does is not installed. What \
      is interrupted leaves no network.

        curate models install yunet.onnx --licence Apache-2.0
        curate models install https://example.org/det.onnx --sha256 0123… --name det
      """)

  @OptionGroup var output: OutputOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "An ONNX file, or its http or https address.")
  var source: String

  @Option(help: "What to call it. (default: the file's name)")
  var name: String?

  @Option(help: "The SHA-256 it must have, 64 hexadecimal digits.")
  var sha256: String?

  @Option(help: "What it is. (default: found from its inputs and outputs)")
  var kind: ModelKind?

  @Option(help: "The numbers for black and white that it reads. (default: its kind's)")
  var pixels: PixelRange?

  @Option(help: "Its licence: a file with the text, or words such as Apache-2.0.")
  var licence: String?

  private var installation: ModelInstallation {
    ModelInstallation(source: source, name: name, sha256: sha256, kind: kind, pixels: pixels)
  }

  func validate() throws {
    if let sha256, !ModelInstallation.isHash(sha256) {
      throw ValidationError("--sha256 has 64 hexadecimal digits")
    }
    if installation.address != nil, sha256 == nil {
      throw ValidationError("an address needs --sha256, the hash its publisher names")
    }
    do {
      try ModelStore.check(name: installation.resolvedName)
    } catch {
      throw ValidationError("\(error)" + (name == nil ? "; choose one with --name" : ""))
    }
    guard DetectorChoice(key: installation.resolvedName) == nil else {
      throw ValidationError(
        "\(installation.resolvedName) is what import calls a detector of its own; choose another --name"
      )
    }
  }

  func run() throws {
    var wanted = installation
    wanted.licence = try licence.map(Self.licenceText)
    let reporter = progress.reporter("install \(wanted.resolvedName)", unit: "bytes")
    let record = try ModelStore.standard().install(
      wanted, runtime: OnnxRuntime(), progress: { reporter.report($0) })
    let row = ModelRow(record)
    try output.show(row) { "\(row.name)  kind \(row.kind), for \(row.task)  \(row.sha256)" }
  }

  /// The file's text where there is such a file, else the words.
  private static func licenceText(_ licence: String) throws -> String {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: licence, isDirectory: &isFolder),
      !isFolder.boolValue
    else {
      guard !licence.contains("/") else { throw CommandError("\(licence): no such file") }
      return licence
    }
    do {
      return try String(contentsOfFile: licence, encoding: .utf8)
    } catch {
      throw CommandError("\(licence): cannot be read as text: \(FileError.cause(of: error))")
    }
  }
}

extension ModelKind: ExpressibleByArgument {}
extension PixelRange: ExpressibleByArgument {}
