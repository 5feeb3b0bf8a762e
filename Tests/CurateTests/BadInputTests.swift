import Foundation
import TestSupport
import Testing

/// Each bad file gets one line that names it, the right exit status, and harms nothing else.
@Suite(.serialized) struct BadInputTests {
  /// Imports a bad file together with a good clip, so that "the rest goes on" is seen.
  private func importing(
    _ bad: String, status: Int32 = 2, in workspace: TestWorkspace
  ) throws -> ShellResult {
    let good = Samples.clip("bob-target")
    let result = try workspace.curate("import", "--quiet", bad, good)
    #expect(result.status == status, "\(result.errors)")
    let video = try #require(try workspace.videos().first { $0.name == "bob-target.mp4" })
    #expect(video.state == "done" && video.faces > 0)
    return result
  }

  private func expectOneLine(_ result: ShellResult, naming path: String) {
    #expect(result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains(path), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test(arguments: ["zero.mp4", "text.mp4", "missing.mp4", "sound.mp4", "empty folder"])
  func aBadFileIsNamedAndTheRestGoesOn(name: String) throws {
    let workspace = try TestWorkspace()
    let path = workspace.folder.path(name)
    switch name {
    case "zero.mp4": try Data().write(to: URL(fileURLWithPath: path))
    case "text.mp4": try Data("not a video\n".utf8).write(to: URL(fileURLWithPath: path))
    case "sound.mp4":
      let made = try Shell.run(
        "ffmpeg",
        ["-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", path])
      try #require(made.status == 0, "\(made.errors)")
    case "empty folder":
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    default: break
    }
    expectOneLine(try importing(path, in: workspace), naming: path)
  }

  @Test func aFolderStandsForItsVideos() throws {
    let workspace = try TestWorkspace()
    let folder = workspace.folder.path("footage")
    try FileManager.default.createDirectory(
      atPath: folder + "/inner", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Samples.clip("bob-target"), toPath: folder + "/inner/one.mp4")
    try Data("notes".utf8).write(to: URL(fileURLWithPath: folder + "/notes.txt"))
    let result = try workspace.curate("import", "--quiet", folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(try workspace.videos().map(\.name) == ["one.mp4"])
  }

  @Test func aVideoCutAtEveryTenthIsPartialOrRefused() throws {
    let workspace = try TestWorkspace()
    // Fragmented, so that the beginning can be read without the end.
    let whole = workspace.folder.path("whole.mp4")
    let made = try Shell.run(
      "ffmpeg",
      [
        "-v", "error", "-i", Samples.clip("bob-target"), "-c", "copy", "-movflags",
        "+faststart", whole,
      ])
    try #require(made.status == 0, "\(made.errors)")
    let data = try Data(contentsOf: URL(fileURLWithPath: whole))
    for tenth in 1...9 {
      let path = workspace.folder.path("cut-\(tenth).mp4")
      try data.prefix(data.count * tenth / 10).write(to: URL(fileURLWithPath: path))
      let result = try workspace.curate("import", "--quiet", path)
      #expect([1, 2].contains(result.status), "tenth \(tenth)")
      expectOneLine(result, naming: path)
    }
    let states = try workspace.videos()
    #expect(states.allSatisfy { $0.state == "partial" && $0.error != nil })
    #expect(states.count >= 5, "what could be read is in")
    // Nothing changes when it is tried again.
    let before = try workspace.contentHash()
    _ = try workspace.curate("import", "--quiet", workspace.folder.path("cut-9.mp4"))
    #expect(try workspace.contentHash() == before)
  }

  @Test func aVideoWithoutFacesIsInAndSaysSo() throws {
    let workspace = try TestWorkspace()
    let path = workspace.folder.path("bars.mp4")
    let made = try Shell.run(
      "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=duration=1:size=320x240", path])
    try #require(made.status == 0, "\(made.errors)")
    let result = try workspace.curate("import", "--quiet", path)
    #expect(result.status == 0)
    expectOneLine(result, naming: path)
    #expect(try workspace.videos().first?.frames == 25)
  }

  @Test func spacesAndLettersOfAnyAlphabetAreFine() throws {
    let workspace = try TestWorkspace()
    let path = workspace.folder.path("Ünïted 映像 clip (1).mp4")
    try FileManager.default.copyItem(atPath: Samples.clip("bob-target"), toPath: path)
    let result = try workspace.curate("import", "--quiet", path)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(
      try workspace.curate("faces", "--count", #"video ~ "*映像*""#).output
        .trimmingCharacters(in: .whitespacesAndNewlines) != "0")
  }

  @Test func aReadOnlyWorkspaceIsReadAndNotWritten() throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    try #require(try workspace.curate("import", "--quiet", clip).status == 0)
    let before = try workspace.contentHash()
    let files = ["catalog.sqlite", "crops.sqlar"].map { workspace.path + "/" + $0 }
    for path in files { chmod(path, 0o444) }
    chmod(workspace.path, 0o555)
    defer { chmod(workspace.path, 0o755) }
    // Permissions do not bind root, so the command runs as somebody else.
    func asNobody(_ arguments: String...) throws -> ShellResult {
      let command = [Shell.curate, "--workspace", workspace.path] + arguments
      return geteuid() == 0
        ? try Shell.run(
          "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups"] + command)
        : try Shell.run(command[0], Array(command.dropFirst()))
    }
    chmod(workspace.folder.url.path, 0o755)
    let refused = try asNobody("import", "--quiet", clip)
    #expect(refused.status == 1)
    expectOneLine(refused, naming: workspace.path)
    let read = try asNobody("faces", "--count")
    #expect(read.status == 0 && read.output != "0\n", "\(read.errors)")
    #expect(try workspace.contentHash() == before)
  }

  @Test func aFolderThatIsNoWorkspaceSaysWhatToDo() throws {
    let folder = try TemporaryFolder()
    let result = try Shell.run(Shell.curate, ["--workspace", folder.url.path, "videos"])
    #expect(result.status == 1)
    expectOneLine(result, naming: folder.url.path)
    #expect(result.errors.contains("curate init"))
  }

  /// Odd, but readable: each frame goes in.
  @Test(arguments: ["sizes.ts", "backwards.mkv", "no-times.mp4", "one-frame.mp4", "8k.mp4"])
  func oddVideosGoInToTheEnd(name: String) throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    let path = workspace.folder.path(name)
    let fast = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-an"]
    var frames = 37
    switch name {
    case "sizes.ts":
      let parts = ["640:360", "320:180"].map { workspace.folder.path("\($0.prefix(3)).ts") }
      for (part, size) in zip(parts, ["640:360", "320:180"]) {
        try FFmpeg.run(["-i", clip, "-vf", "scale=\(size)"] + fast + [part])
      }
      var bytes = Data()
      for part in parts { bytes += try Data(contentsOf: URL(fileURLWithPath: part)) }
      try bytes.write(to: URL(fileURLWithPath: path))
      frames = 74
    case "backwards.mkv":
      try FFmpeg.run(
        ["-i", clip] + fast + ["-bsf:v", "setts=ts=if(gt(N\\,15)\\,N-10\\,N)*512", path])
    case "no-times.mp4":
      let raw = workspace.folder.path("raw.h264")
      try FFmpeg.run(["-i", clip] + fast + ["-f", "h264", raw])
      try FileManager.default.copyItem(atPath: raw, toPath: path)
    case "one-frame.mp4":
      try FFmpeg.run(["-i", clip, "-frames:v", "1"] + fast + [path])
      frames = 1
    default:
      try FFmpeg.run(["-i", clip, "-frames:v", "1", "-vf", "scale=7680:4320"] + fast + [path])
      frames = 1
    }
    let result = try workspace.curate("import", "--quiet", path)
    #expect([0, 2].contains(result.status) && result.errorLines.count <= 1, "\(result.errors)")
    let video = try #require(try workspace.videos().first)
    #expect(video.frames == frames && video.faces == frames)
  }
}
