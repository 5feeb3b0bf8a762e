import Foundation
import TestSupport
import Testing

/// Where ONNX Runtime is, as the doctor says; nil where it is not.
private let runtimePath: String? = {
  struct Check: Decodable {
    var part, state, detail: String
  }
  let folder = FileManager.default.temporaryDirectory
  guard let doctor = try? Shell.run(Shell.curate, ["doctor", "--format", "json"], in: folder),
    let checks = try? JSONDecoder().decode([Check].self, from: Data(doctor.output.utf8)),
    let check = checks.first(where: { $0.part == "ONNX Runtime" }), check.state == "ok"
  else { return nil }
  return check.detail.components(separatedBy: ", ").last
}()

private let noRuntime: Comment = "no ONNX Runtime here: pip install onnxruntime"

/// The user's data folder, for one test.
private struct UserFolder {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func models(_ arguments: String..., with variables: [String] = []) throws -> ShellResult {
    try Shell.run(
      "env",
      ["XDG_DATA_HOME=\(folder.path("data"))"] + variables + [Shell.curate, "models"] + arguments)
  }

  static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("OnnxModelsTests/Fixtures/\(name).onnx").path
  }
}

@Suite struct ModelsTests {
  private struct Row: Decodable {
    var name, kind, task, pixels, sha256, source, installed: String
    var licence: String?
    var bytes: Int
  }

  @Test(.enabled(if: runtimePath != nil, noRuntime))
  func aModelIsInstalledShownTriedAndRemoved() throws {
    let user = try UserFolder()
    let installed = try user.models(
      "install", UserFolder.fixture("scrfd"), "--name", "mine", "--licence", "none needed",
      "--format", "json")
    #expect(installed.status == 0 && installed.errors.isEmpty, "\(installed.errors)")
    let row = try JSONDecoder().decode(Row.self, from: Data(installed.output.utf8))
    #expect(row.name == "mine" && row.kind == "scrfd" && row.task == "detection")
    #expect(row.licence == "none needed" && row.bytes == 10_950 && row.installed.hasSuffix("Z"))
    #expect(installed.output.contains("\"shape\""))

    let list = try user.models("list")
    #expect(list.status == 0 && list.output.contains(row.sha256.prefix(12)))
    #expect(try user.models("info", "mine").output.contains("input      data float32 1×3×64×64"))

    let picture = user.folder.path("picture.png")
    try FFmpeg.run("-f", "lavfi", "-i", "color=gray:size=128x128", "-frames:v", "1", picture)
    let tried = try user.models("try", "mine", picture)
    #expect(tried.status == 0, "\(tried.errors)")
    #expect(tried.output.contains("0.750  32.0  8.0   48.0    64.0  48.0,32.0 64.0,32.0"))

    let removed = try user.models("remove", "mine")
    #expect(removed.status == 0 && removed.errors == "mine: removed\n")
    #expect(try user.models("list").output.split(separator: "\n").count == 1)
  }

  @Test(.enabled(if: runtimePath != nil, noRuntime))
  func landmarksAndEmbeddingsArePrinted() throws {
    let user = try UserFolder()
    let picture = user.folder.path("picture.png")
    try FFmpeg.run("-f", "lavfi", "-i", "testsrc=size=128x128", "-frames:v", "1", picture)
    for name in ["landmarks98", "arcface"] {
      #expect(try user.models("install", UserFolder.fixture(name)).status == 0)
    }
    let points = try user.models("try", "landmarks98", picture, "--box", "14,14,100,100")
    #expect(points.status == 0 && points.output.split(separator: "\n").count == 69)
    let numbers = try user.models("try", "arcface", picture, "--box", "14,14,100,100")
    #expect(numbers.status == 0 && numbers.output == "512 numbers of length 1\n")
    let nobody = try user.models("try", "arcface", picture)
    #expect(nobody.status == 1 && nobody.errorLines.count == 1)
    #expect(nobody.errors.contains("say where one is with --box"))
  }

  @Test(.enabled(if: runtimePath != nil, noRuntime))
  func importFindsFacesWithAnInstalledDetector() throws {
    let user = try UserFolder()
    let workspace = try TestWorkspace()
    func imported(_ detector: String, _ clip: String) throws -> ShellResult {
      try Shell.run(
        "env",
        [
          "XDG_DATA_HOME=\(user.folder.path("data"))", Shell.curate, "import",
          Samples.clip(clip), "--workspace", workspace.path, "--detector", detector,
        ])
    }
    for name in ["scrfd", "arcface"] {
      #expect(try user.models("install", UserFolder.fixture(name)).status == 0)
    }
    // This one says the same of any picture; landmarks get from there to her face in some.
    let blind = try imported("scrfd", "alice-1")
    #expect(blind.status == 0 && blind.errors.contains("75 frames"), "\(blind.errors)")
    #expect(!blind.errors.contains("75 faces"), "\(blind.errors)")
    let embedding = try imported("arcface", "alice-1")
    #expect(embedding.status == 1 && embedding.errorLines.count == 1)
    #expect(embedding.errors.contains("arcface: does not find faces"))
    let nobody = try imported("nobody", "alice-1")
    #expect(nobody.status == 1 && nobody.errors.contains("no model of this name is installed"))

    // YuNet itself, where it is at hand.
    guard let yunet = sharedFile("models/yunet_n_dynamic.onnx") else { return }
    #expect(try user.models("install", yunet, "--name", "yunet").status == 0)
    let seen = try imported("yunet", "bob-1")
    #expect(seen.status == 0 && seen.errors.contains("75 frames, 75 faces"), "\(seen.errors)")
  }

  @Test(.enabled(if: runtimePath != nil, noRuntime))
  func anAlteredModelIsToldInOneLine() throws {
    let user = try UserFolder()
    #expect(try user.models("install", UserFolder.fixture("scrfd")).status == 0)
    let folder = user.folder.path("data/curate/models/scrfd")
    try Data("other".utf8).write(to: URL(fileURLWithPath: folder + "/model.onnx"))
    let picture = user.folder.path("picture.png")
    try FFmpeg.run("-f", "lavfi", "-i", "testsrc=size=128x128", "-frames:v", "1", picture)
    let altered = try user.models("try", "scrfd", picture)
    #expect(altered.status == 1 && altered.errorLines.count == 1)
    #expect(altered.errors.contains("was altered after it was installed"))

    try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/model.json"))
    let list = try user.models("list")
    #expect(list.status == 2 && list.errors.contains("scrfd: its record is damaged"))
  }

  @Test(.enabled(if: runtimePath != nil && geteuid() == 0, "as root, with ONNX Runtime"))
  func aFolderThatCannotBeWrittenIsToldInOneLine() throws {
    let user = try UserFolder()
    // Others may not look into the folder that the library lies in.
    let library = user.folder.path("libonnxruntime.so")
    try FileManager.default.copyItem(atPath: runtimePath ?? "", toPath: library)
    let data = user.folder.path("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    chmod(user.folder.url.path, 0o755)
    let refused = try Shell.run(
      "setpriv",
      [
        "--reuid=65534", "--regid=65534", "--clear-groups", "env", "XDG_DATA_HOME=\(data)",
        "CURATE_ONNXRUNTIME=\(library)", Shell.curate, "models", "install",
        UserFolder.fixture("scrfd"),
      ])
    #expect(refused.status == 1 && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains("cannot be written: Permission denied"), "\(refused.errors)")
  }

  @Test func withoutTheLibraryItIsSaidWhatToType() throws {
    let user = try UserFolder()
    let missing = try user.models(
      "install", UserFolder.fixture("scrfd"), with: ["CURATE_ONNXRUNTIME=/nowhere.so"])
    #expect(missing.status == 1 && missing.errorLines.count == 1)
    #expect(missing.errors.contains("set CURATE_ONNXRUNTIME to libonnxruntime.so"))
    // Looking at what is installed needs none.
    let list = try user.models("list", with: ["CURATE_ONNXRUNTIME=/nowhere.so"])
    #expect(list.status == 0 && list.errors.isEmpty)
    let doctor = try Shell.run(
      "env", ["CURATE_ONNXRUNTIME=/nowhere.so", Shell.curate, "doctor"], in: user.folder.url)
    #expect(doctor.status == 0 && doctor.output.contains("optional, for curate models"))
  }

  @Test(arguments: [
    ["install", "x.onnx", "--name", "a/b"], ["install", "x.onnx", "--sha256", "12"],
    ["install", "https://example.org/x.onnx"], ["install", "x.onnx", "--kind", "resnet"],
    ["install", "x.onnx", "--name", "dlib"],
    ["install", "a name.onnx"], ["install"], ["remove", "../x"], ["info", ".x"],
    ["try", "x", "y.png", "--box", "1,2,3"], ["try", "x", "y.png", "--threads", "0"],
  ])
  func wrongUsageExitsWith64(arguments: [String]) throws {
    let result = try Shell.run(Shell.curate, ["models"] + arguments)
    #expect(result.status == 64 && result.output.isEmpty)
  }

  @Test(arguments: ["info", "remove"])
  func whatIsNotInstalledIsToldInOneLine(verb: String) throws {
    let user = try UserFolder()
    let result = try user.models(verb, "nobody")
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(result.errors.contains("curate models install FILE"))
  }
}
