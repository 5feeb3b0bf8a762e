import Foundation
import TestSupport
import Testing

/// What `curate import` and its neighbours promise, seen from outside.
@Suite(.serialized) struct ImportTests {
  @Test(arguments: [
    (["--every", "5"], 8), (["--fps", "5"], 8), (["--start", "0:00.4", "--end", "0.8"], 10),
    (["--every", "10", "--start", "1"], 1),
  ])
  func onlyTheFramesAskedForAreLookedAt(options: [String], faces: Int) throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    let result = try workspace.curate(["import", "--quiet", clip] + options)
    #expect(result.status == 0, "\(result.errors)")
    // 37 frames of 25 a second, one face in each.
    #expect(try workspace.count() == faces)
    // Another time with other options, what is in stays, and it is said.
    let again = try workspace.curate("import", "--quiet", clip)
    #expect(again.status == 0 && again.errors.contains("other options"), "\(again.errors)")
  }

  /// Cameras call their files alike, and a name for a file that is in has to be given otherwise.
  @Test func filesOfOneNameAreToldApartByTheirPaths() throws {
    let workspace = try TestWorkspace()
    for (folder, clip) in [("a", "bob-target"), ("b", "alice-1")] {
      let path = workspace.folder.path(folder)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: Samples.clip(clip), toPath: path + "/C0001.mp4")
    }
    let (a, b) = (workspace.folder.path("a"), workspace.folder.path("b"))
    try #require(try workspace.curate("import", "--quiet", "--every", "5", a, b).status == 0)
    let late = try workspace.curate(
      "import", "--quiet", "--every", "5", a, "--identity", "bob")
    #expect(late.errors.contains("identity assign bob 'path = "), "\(late.errors)")
    #expect(try !workspace.curate("identity", "list").output.contains("bob"))
    try #require(
      try workspace.curate("identity", "assign", "bob", "path ~ \"*/a/*\"").status == 0)
    #expect(try workspace.count("identity = bob") == 8)
    #expect(try workspace.count("video = C0001.mp4") > 8)
  }

  /// Who was excluded once is so in later videos.
  @Test func faceAreExcludedAgainByTheirName() throws {
    let workspace = try TestWorkspace()
    let options = ["import", "--quiet", "--every", "5", "--identity", "bob"]
    try #require(try workspace.curate(options + [Samples.clip("bob-target")]).status == 0)
    try #require(try workspace.curate("identity", "exclude", "bob").status == 0)
    let later = try workspace.curate(options + [Samples.clip("bob-1")])
    #expect(later.status == 0 && later.errors.contains("who is excluded"), "\(later.errors)")
    #expect(try workspace.count() == 0)
  }

  /// To find nobody is no reason never to find anybody.
  @Test func aVideoThatNobodyWasFoundInIsImportedAnewWithOtherOptions() throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    let late = try workspace.curate("import", "--quiet", "--start", "100", clip)
    #expect(late.status == 1 && late.errors.contains("before --start"), "\(late.errors)")
    try #require(try workspace.curate("import", "--quiet", "--min-face", "5000", clip).status == 0)
    #expect(try workspace.count() == 0)
    try #require(try workspace.curate("import", "--quiet", clip).status == 0)
    #expect(try workspace.count() > 30)
    let calm = try TestWorkspace()
    try #require(try calm.curate("import", "--quiet", clip).status == 0)
    #expect(try workspace.contentHash() == calm.contentHash())
  }

  @Test func anUndoneImportIsSaidToBeOne() throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    try #require(try workspace.curate("import", "--quiet", clip).status == 0)
    try #require(try workspace.curate("undo").status == 0)
    #expect(try workspace.videos().map(\.state) == ["undone"])
    let again = try workspace.curate("import", "--quiet", clip)
    #expect(again.status == 1 && again.errors.contains("curate redo"), "\(again.errors)")
    try #require(try workspace.curate("redo").status == 0)
    #expect(try workspace.videos().map(\.state) == ["done"])
  }

  /// A pipe would be waited for without end.
  @Test func onlyFilesOfAFolderAreRead() throws {
    let footage = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Samples.clip("bob-target"), toPath: footage.path("one.mp4"))
    try Data("x".utf8).write(to: URL(fileURLWithPath: footage.path("._one.mp4")))
    #expect(try Shell.run("mkfifo", [footage.path("pipe.mp4")]).status == 0)
    // What a sample shows the right answer with is no footage, unless it is asked for.
    let samples = Samples.folder.path("clips")
    #expect(FileManager.default.fileExists(atPath: samples + "/truth/.nomedia"))
    try FileManager.default.copyItem(atPath: samples + "/truth", toPath: footage.path("truth"))
    let workspace = try TestWorkspace()
    let imported = try workspace.curate("import", "--quiet", footage.url.path)
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(try workspace.videos().count == 1)
    try #require(try workspace.curate("import", "--quiet", footage.path("truth")).status == 0)
    #expect(try workspace.videos().count == 2)
    let named = try workspace.curate("import", "--quiet", footage.path("pipe.mp4"))
    #expect(named.status == 1 && named.errors.contains("is no file"), "\(named.errors)")
  }

  /// A file that was still being written when it was first imported.
  @Test func aFileThatHoldsSomethingElseNowIsTold() throws {
    let workspace = try TestWorkspace()
    let file = workspace.folder.path("grow.mp4")
    try FileManager.default.copyItem(atPath: Samples.clip("bob-target"), toPath: file)
    try #require(try workspace.curate("import", "--quiet", file).status == 0)
    let before = try workspace.count()
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.copyItem(atPath: Samples.clip("bob-1"), toPath: file)
    let again = try workspace.curate("import", "--quiet", file)
    #expect(
      again.status == 0 && again.errors.contains("its \(before) faces stay"), "\(again.errors)")
    let words = again.errors.split(separator: " ").map(String.init)
    let entry = try #require(words.firstIndex(of: "undo").map { words[$0 + 1] })
    try #require(try workspace.curate("undo", entry).status == 0)
    #expect(try workspace.videos().map(\.state).sorted() == ["done", "undone"])
    // Nothing more to tell.
    #expect(try !workspace.curate("import", "--quiet", file).errors.contains("stay"))
  }

  /// Frames that lie far apart, or far from the beginning.
  @Test(arguments: [
    (["--every", "260"], 4), (["--every", "4"], 225), (["--keyframes"], 3),
    (["--start", "15", "--end", "15.4"], 10), (["--fps", "1"], 36),
  ])
  func fewFramesOfALongVideoAreLookedAt(options: [String], faces: Int) throws {
    let workspace = try TestWorkspace()
    let clip = workspace.folder.path("long.mp4")
    // 900 frames, 25 of them a second.
    try FFmpeg.run(
      "-stream_loop", "11", "-i", Samples.clip("bob-1"), "-frames:v", "900", "-c:v", "libx264",
      "-preset", "ultrafast", "-g", "300", "-keyint_min", "300", "-sc_threshold", "0", "-an", clip)
    let result = try workspace.curate(["import", "--quiet", clip] + options)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try workspace.count() == faces)
    #expect(try workspace.videos().map(\.state) == ["done"])
  }

  /// Two looks a second keep a person together but where the head turns by half a right angle between them.
  @Test func aSurveyHasTracks() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", "--every", "12", Samples.clip("bob-1")).status == 0)
    let all = try workspace.count()
    try #require(try workspace.curate("identity", "assign", "bob", "ordinal = 0").status == 0)
    #expect(try workspace.count("identity = bob") > all / 3, "\(all)")
  }

  @Test func retryKnowsWhatAFileWasToBeImportedWith() throws {
    let workspace = try TestWorkspace()
    let file = workspace.folder.path("late.mp4")
    try Data("no video".utf8).write(to: URL(fileURLWithPath: file))
    let options = ["--identity", "bob", "--every", "5"]
    #expect(try workspace.curate(["import", "--quiet", file] + options).status == 1)
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.copyItem(atPath: Samples.clip("bob-target"), toPath: file)
    try #require(try workspace.curate("retry", "--quiet").status == 0)
    #expect(try workspace.count("identity = bob") == 8)
    #expect(try workspace.count() == 8)
  }

  @Test func filesThatAreGoneAreForgotten() throws {
    let workspace = try TestWorkspace()
    let file = workspace.folder.path("broken.mp4")
    try Data("no video".utf8).write(to: URL(fileURLWithPath: file))
    #expect(try workspace.curate("import", "--quiet", file).status == 1)
    #expect(try workspace.curate("retry", "--quiet").status == 1)
    try FileManager.default.removeItem(atPath: file)
    let retried = try workspace.curate("retry", "--quiet")
    #expect(retried.status == 0 && retried.errors.contains("gone"), "\(retried.errors)")
    #expect(try !workspace.curate("retry", "--quiet").errors.contains("gone"))
  }

  @Test func keyframesAreThoseOfTheFile() throws {
    let workspace = try TestWorkspace()
    let clip = workspace.folder.path("keys.mp4")
    try FFmpeg.run(
      "-i", Samples.clip("bob-target"), "-c:v", "libx264", "-g", "12", "-sc_threshold",
      "0", "-an", clip)
    try #require(try workspace.curate("import", "--quiet", "--keyframes", clip).status == 0)
    #expect(try workspace.count() == 4)
    #expect(try workspace.count("ordinal in (0, 12, 24, 36)") == 4)
  }

  @Test func smallAndSurplusFacesAreLeftOut() throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    #expect(try workspace.curate("import", "--quiet", "--min-face", "5000", clip).status == 0)
    #expect(try workspace.count() == 0)
  }

  @Test func filesComeFromFoldersPatternsLinksAndStdin() throws {
    let footage = try TemporaryFolder()
    let inner = footage.path("inner")
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Samples.clip("bob-target"), toPath: inner + "/one.mp4")
    // A link to a folder above would go round for ever.
    try FileManager.default.createSymbolicLink(
      atPath: inner + "/loop", withDestinationPath: footage.url.path)
    for argument in [footage.url.path, inner + "/*.mp4", "-"] {
      let workspace = try TestWorkspace()
      let list = footage.path("list.txt")
      try Data((inner + "/one.mp4\n" + inner + "/loop/inner/one.mp4\n").utf8)
        .write(to: URL(fileURLWithPath: list))
      let result = try Shell.run(
        "sh",
        [
          "-c", "exec \"$0\" import --quiet --workspace \"$1\" \"$2\" < \"$3\"", Shell.curate,
          workspace.path, argument, list,
        ])
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(try workspace.videos().map(\.name) == ["one.mp4"])
    }
  }

  @Test func anyNumberOfJobsGivesTheSame() throws {
    var hashes: Set<String> = []
    for jobs in ["1", "3"] {
      let workspace = try TestWorkspace()
      let folder = Samples.folder.path("clips")
      let result = try workspace.curate("import", "--quiet", "--jobs", jobs, folder)
      #expect(result.status == 0, "\(result.errors)")
      hashes.insert(try workspace.contentHash())
    }
    #expect(hashes.count == 1)
  }

  @Test func sharesOfManyMachinesJoinToOneImport() throws {
    let folder = Samples.folder.path("clips")
    let single = try TestWorkspace()
    try #require(
      try single.curate("import", "--quiet", "--identity", "x", folder).status == 0)
    let joined = try TestWorkspace()
    for shard in ["1/2", "2/2"] {
      let result = try joined.curate(
        "import", "--quiet", "--identity", "x", "--shard", shard, folder)
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try joined.videos().isEmpty)
    let parts = ["1-of-2", "2-of-2"].map { joined.path + "/parts/" + $0 }
    for _ in 0..<2 {
      let merged = try joined.curate(["merge"] + parts)
      #expect(merged.status == 0, "\(merged.errors)")
      #expect(try joined.contentHash() == single.contentHash())
    }
    #expect(try joined.curate("check", "--quiet").status == 0)
  }

  @Test func whatFailedIsTriedAgainWithItsOwnOptions() throws {
    let workspace = try TestWorkspace()
    let clip = workspace.folder.path("clip.mp4")
    // A file that becomes readable later.
    try Data("not yet".utf8).write(to: URL(fileURLWithPath: clip))
    let failed = try workspace.curate("import", "--quiet", clip)
    #expect(failed.status == 1)
    let listed = try workspace.curate("videos", "--failed")
    #expect(listed.output.contains("clip.mp4") && listed.output.contains("unreadable"))
    try FileManager.default.removeItem(atPath: clip)
    try FileManager.default.copyItem(atPath: Samples.clip("bob-target"), toPath: clip)
    #expect(try workspace.curate("retry", "--quiet").status == 0)
    #expect(try workspace.videos().map(\.state) == ["done"])
    #expect(try workspace.curate("videos", "--failed", "--format", "json").output == "[\n\n]\n")
  }

  @Test func decisionsAreListedTakenBackAndBroughtBack() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    let all = try workspace.count()
    let named = try workspace.curate("identity", "assign", "bob", "ordinal = 3")
    #expect(named.status == 0, "\(named.errors)")
    // Naming one face of a track names the track.
    #expect(try workspace.count("identity = bob") == all)
    #expect(try workspace.curate("reject", "yaw > 0", "--reason", "test").status == 0)
    let left = try workspace.count()
    #expect(left < all)
    #expect(try workspace.curate("undo").status == 0)
    #expect(try workspace.count() == all)
    #expect(try workspace.curate("redo").status == 0)
    #expect(try workspace.count() == left)
    #expect(try workspace.curate("accept", "rejected").status == 0)
    #expect(try workspace.count() == all)
    #expect(try workspace.curate("identity", "rename", "bob", "robert").status == 0)
    #expect(try workspace.count("identity = robert") == all)
    let log = try workspace.curate("log").output
    for word in ["rename bob to robert", "reject: test", "undo: reject", "import bob-target"] {
      #expect(log.contains(word), "\(log)")
    }
    // A new import changes none of it.
    let before = try workspace.contentHash()
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    #expect(try workspace.contentHash() == before)
  }

  @Test func lostCropsAreFoundOutAndCutAgain() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    #expect(try workspace.curate("check", "--quiet").status == 0)
    let crops = workspace.path + "/crops.sqlar"
    let broken = try Shell.run(
      "sqlite3",
      [
        crops,
        "DELETE FROM sqlar WHERE name LIKE '%/7_0.jpg'; "
          + "UPDATE sqlar SET data = zeroblob(sz) WHERE name LIKE '%/9_0.jpg'; "
          + "UPDATE sqlar SET data = substr(data, 1, 500) WHERE name LIKE '%/11_0.jpg'",
      ])
    try #require(broken.status == 0, "\(broken.errors)")
    let found = try workspace.curate("check", "--quiet")
    #expect(found.status == 1)
    for face in [":7:0", ":9:0", ":11:0"] {
      #expect(found.output.contains(face), "\(found.output)")
    }
    let repaired = try workspace.curate("repair", "--quiet")
    #expect(repaired.status == 0, "\(repaired.errors)")
    #expect(try workspace.curate("check", "--quiet").status == 0)
  }

  @Test func importsAtOnceDoubleNothingAndOneOfThemEnds() throws {
    let footage = try TemporaryFolder()
    let clip = try Samples.repeated("bob-1", times: 6, in: footage)
    let calm = try TestWorkspace()
    try #require(try calm.curate("import", "--quiet", clip).status == 0)
    for _ in 0..<3 {
      let busy = try TestWorkspace()
      let all = try Shell.run(
        "sh",
        [
          "-c",
          """
          jobs=
          for n in 1 2 3 4; do
            "$0" import --quiet --workspace "$1" "$2" & jobs="$jobs $!"
          done
          for job in $jobs; do wait $job && echo brought it in; done
          """, Shell.curate, busy.path, clip,
        ])
      #expect(all.output.contains("brought it in"), "\(all.errors)")
      #expect(
        all.errorLines.allSatisfy { $0.contains("another import of it is at work") },
        "\(all.errors)")
      #expect(try busy.videos().map(\.state) == ["done"])
      #expect(try busy.contentHash() == calm.contentHash())
    }
  }

  @Test func aFileThatChangesWhileItIsReadIsNotTrusted() throws {
    let workspace = try TestWorkspace()
    let clip = try Samples.repeated("bob-1", times: 40, in: workspace.folder)
    let result = try Shell.run(
      "sh",
      [
        "-c",
        """
        "$0" import --quiet --workspace "$1" "$2" & job=$!
        sleep 1; touch "$2"; wait $job
        """, Shell.curate, workspace.path, clip,
      ])
    #expect(result.status == 1)
    #expect(result.errors.contains("changed while it was read"), "\(result.errors)")
    #expect(try workspace.videos().map(\.state) == ["failed"])
    #expect(try workspace.curate("retry", "--quiet").status == 0)
    #expect(try workspace.videos().map(\.state) == ["done"])
  }

  @Test func aFullDiskIsSaidAndNothingIsLost() throws {
    guard geteuid() == 0 else { return }  // Only root may mount a small disk.
    let place = try TemporaryFolder()
    guard
      (try? Shell.run("mount", ["-t", "tmpfs", "-o", "size=1500k", "tmpfs", place.url.path]).status)
        == 0
    else { return }
    defer { _ = try? Shell.run("umount", [place.url.path]) }
    let footage = try TemporaryFolder()
    let clip = try Samples.repeated("bob-1", times: 8, in: footage)
    let small = place.path("w")
    try #require(try Shell.run(Shell.curate, ["init", small]).status == 0)
    let full = try Shell.run(Shell.curate, ["import", "--quiet", clip, "--workspace", small])
    #expect(full.status == 1)
    #expect(full.errorLines.count == 1 && full.errors.contains("full"), "\(full.errors)")
    let more = try Shell.run("mount", ["-o", "remount,size=64m", place.url.path])
    try #require(more.status == 0, "\(more.errors)")
    let again = try Shell.run(Shell.curate, ["import", "--quiet", clip, "--workspace", small])
    #expect(again.status == 0, "\(again.errors)")
    let calm = try TestWorkspace()
    try #require(try calm.curate("import", "--quiet", clip).status == 0)
    let hash = try Shell.run(Shell.curate, ["doctor", "--hash", "--workspace", small]).output
    #expect(hash.contains(try calm.contentHash()))
  }

  @Test func aCatalogueOfANewerVersionIsLeftAlone() throws {
    let workspace = try TestWorkspace()
    let made = try Shell.run(
      "sqlite3", [workspace.path + "/catalog.sqlite", "PRAGMA user_version = 99"])
    try #require(made.status == 0)
    let result = try workspace.curate("import", "--quiet", Samples.clip("bob-target"))
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(result.errors.contains("newer"), "\(result.errors)")
  }
}
