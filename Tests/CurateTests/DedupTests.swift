import Foundation
import Media
import SyntheticFaces
import TestSupport
import Testing

import struct FaceCore.Timestamp

/// Videos of which it is known which faces show the same moment: of each person a clip of moments that
/// all differ, and copies of it.
enum LabelledCopies {
  /// What makes the copies of the first clip, and whether they lose detail.
  static let copies: [(name: String, options: [String], loses: Bool)] = [
    ("low", ["-crf", "34"], true), ("half", ["-vf", "scale=iw/2:ih/2", "-crf", "20"], true),
    ("crop", ["-vf", "crop=608:342", "-crf", "18"], false),
    ("dark", ["-vf", "eq=gamma=0.8", "-crf", "18"], false),
  ]
  static let moments = 12

  static let folder: TemporaryFolder = {
    do {
      let folder = try TemporaryFolder("curate-copies")
      for (index, person) in [FaceIdentity.alice, .bob].enumerated() {
        try render(person, seed: UInt64(index + 1), into: folder)
        for copy in copies {
          try FFmpeg.run(
            ["-i", folder.path("\(person.name)-plain.mp4"), "-an", "-c:v", "libx264"]
              + copy.options
              + ["-fps_mode", "passthrough", folder.path("\(person.name)-\(copy.name).mp4")])
        }
      }
      return folder
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// The clip at 24 frames a second, and at 30 with every fourth frame twice.
  private static func render(
    _ person: FaceIdentity, seed: UInt64, into folder: TemporaryFolder
  ) throws {
    let clip = MomentClip(identity: person, seed: seed, moments: moments)
    let renderer = clip.renderer()
    func writer(_ name: String, _ rate: Int32) throws -> VideoWriter {
      var settings = VideoSettings(
        width: clip.scenes[0].camera.width, height: clip.scenes[0].camera.height,
        timebase: Rational(numerator: 1, denominator: rate * 512),
        frameRate: Rational(numerator: rate, denominator: 1))
      settings.quality = 16
      settings.preset = .veryfast
      return try VideoWriter(path: folder.path("\(person.name)-\(name).mp4"), settings: settings)
    }
    var plain = try writer("plain", 24)
    var doubled = try writer("pulldown", 30)
    for (frame, scene) in clip.scenes.enumerated() {
      let image = renderer.render(scene).image
      func time(_ frame: Int, _ rate: Int32) -> Timestamp {
        Timestamp(ticks: Int64(frame) * 512, numerator: 1, denominator: rate * 512)
      }
      try plain.append(image, at: time(frame, 24))
      let first = frame + frame / 4
      for shown in first...(first + (frame % 4 == 3 ? 1 : 0)) {
        try doubled.append(image, at: time(shown, 30))
      }
    }
    try plain.finish()
    try doubled.finish()
  }

  /// Which frame of the first clip a frame of this one shows.
  static func source(of ordinal: Int, kind: String) -> Int {
    guard kind == "pulldown" else { return ordinal }
    return ordinal / 5 * 4 + min(3, ordinal % 5)
  }
}

@Suite(.serialized) struct DedupTests {
  /// A workspace with all of the copies, imported once.
  private static let imported: TestWorkspace = {
    do {
      let workspace = try TestWorkspace()
      let result = try workspace.curate(
        "import", "--quiet", LabelledCopies.folder.url.path)
      precondition(result.status == 0, result.errors)
      return workspace
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  private struct Report: Decodable {
    var distance, faces, videos, pairs, clusters, marked, kept: Int
    var same_crop, same_track, same_video, other_video: Int
    var newly_marked, lifted: Int
    var dry_run: Bool
    var histogram: [Line]?
    var overlap: [Overlap]?

    struct Line: Decodable { var from, through, along_track, elsewhere, marked, clusters: Int }
    struct Overlap: Decodable {
      var video, inside: String
      var faces: Int
      var percent: Double
      var ranges: [Range]
    }
    struct Range: Decodable { var from, to, inside_from, inside_to: Double }
  }

  private func copied() throws -> TestWorkspace {
    let workspace = try TestWorkspace()
    for name in ["catalog.sqlite", "crops.sqlar"] {
      for suffix in ["", "-wal", "-shm"] {
        let to = workspace.path + "/" + name + suffix
        try? FileManager.default.removeItem(atPath: to)  // None yet.
        let from = Self.imported.path + "/" + name + suffix
        guard FileManager.default.fileExists(atPath: from) else { continue }
        try FileManager.default.copyItem(atPath: from, toPath: to)
      }
    }
    return workspace
  }

  private func report(_ workspace: TestWorkspace, _ arguments: String...) throws -> Report {
    let result = try workspace.curate(["dedup", "--quiet", "--format", "json"] + arguments)
    try #require(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  /// Each moment's faces as marked: id of the face, id of the one that is kept, both as "video:frame".
  private func marks(_ workspace: TestWorkspace) throws -> [(face: String, best: String)] {
    let listed = try Shell.run(
      "sqlite3",
      [
        workspace.path + "/catalog.sqlite",
        """
        SELECT v.name || ':' || f.ordinal || ' ' || bv.name || ':' || b.ordinal
        FROM face f JOIN video v ON v.id = f.video_id
        LEFT JOIN duplicate d ON d.id = f.duplicate_id
        JOIN face b ON b.id = ifnull(d.best_id, f.id) JOIN video bv ON bv.id = b.video_id
        """,
      ])
    try #require(listed.status == 0, "\(listed.errors)")
    return listed.output.split(separator: "\n").map { line in
      let parts = line.split(separator: " ").map(String.init)
      return (parts[0], parts[1])
    }
  }

  @Test func copiesAreMarkedAndSmallMotionIsNot() throws {
    let workspace = try copied()
    _ = try report(workspace)
    var clusters: [String: [String]] = [:]
    var moments: [String: [String]] = [:]
    for mark in try marks(workspace) {
      let (name, ordinal) = try split(mark.face)
      let (person, kind) = (name.split(separator: "-")[0], String(name.split(separator: "-")[1]))
      let frame = LabelledCopies.source(of: ordinal, kind: kind)
      guard frame % MomentClip.stride == 0 else { continue }
      clusters[mark.best, default: []].append(mark.face)
      moments["\(person) \(frame)", default: []].append(mark.face)
    }
    func pairs(_ groups: [[String]]) -> Set<[String]> {
      Set(
        groups.flatMap { group in
          let sorted = group.sorted()
          return sorted.indices.flatMap { a in
            sorted.indices[(a + 1)...].map { [sorted[a], sorted[$0]] }
          }
        })
    }
    let (found, expected) = (pairs(Array(clusters.values)), pairs(Array(moments.values)))
    #expect(expected.count > 300)
    let right = Double(found.intersection(expected).count)
    #expect(right / Double(found.count) >= 0.99, "precision \(right / Double(found.count))")
    #expect(right / Double(expected.count) >= 0.95, "recall \(right / Double(expected.count))")
    // Of a cluster that holds a face which lost nothing, such a face is kept.
    func loses(_ face: String) -> Bool {
      LabelledCopies.copies.contains { $0.loses && face.contains("-\($0.name).mp4") }
    }
    let mixed = clusters.filter { $0.value.count > 1 && !$0.value.allSatisfy(loses) }
    let kept = mixed.keys.filter { !loses($0) }.count
    #expect(Double(kept) >= 0.98 * Double(mixed.count), "\(kept) of \(mixed.count)")
  }

  private func split(_ face: String) throws -> (name: String, ordinal: Int) {
    let parts = face.split(separator: ":")
    return (
      String(parts[0].dropLast(4)), try #require(Int(parts[1]))
    )
  }

  @Test func aRunIsTakenBackAndAnotherFindsTheSame() throws {
    let workspace = try copied()
    let before = try workspace.contentHash()
    let dry = try report(workspace, "--dry-run")
    #expect(dry.dry_run && dry.marked > 0 && dry.newly_marked == dry.marked)
    #expect(try workspace.contentHash() == before)
    let first = try report(workspace, "--threads", "1")
    #expect(first.marked == dry.marked && first.newly_marked == dry.marked && !first.dry_run)
    #expect(try workspace.count("duplicate") == first.marked)
    #expect(try workspace.count("not duplicate") == first.kept)
    let after = try workspace.contentHash()
    let again = try report(workspace, "--threads", "3")
    #expect(again.newly_marked == 0 && again.lifted == 0 && again.marked == first.marked)
    #expect(try workspace.contentHash() == after)
    let strict = try report(workspace, "--distance", "4")
    #expect(strict.lifted > 0)
    let undone = try workspace.curate("undo")
    #expect(undone.status == 0 && undone.errors.contains("dedup"), "\(undone.errors)")
    #expect(try workspace.contentHash() == after)
    #expect(try workspace.curate("undo").status == 0)
    #expect(try workspace.contentHash() == before)
  }

  @Test func countsHistogramAndOverlapAreToldApart() throws {
    let workspace = try copied()
    let before = try workspace.contentHash()
    let found = try report(workspace, "--histogram", "--overlap")
    #expect(try workspace.contentHash() == before, "both only look")
    #expect(found.videos == 12 && found.distance == 31)
    #expect(found.marked + found.kept == found.faces)
    #expect(
      found.same_crop + found.same_track + found.same_video + found.other_video == found.marked)
    #expect(found.pairs >= found.marked && found.clusters < found.marked)
    let histogram = try #require(found.histogram)
    #expect(histogram.last?.marked == found.marked)
    #expect(histogram.first?.from == 0 && histogram.last?.through == 31)
    // Each line says what that distance does.
    for line in histogram.dropLast() {
      let alone = try report(workspace, "--dry-run", "--distance", "\(line.through)")
      #expect(alone.marked == line.marked && alone.clusters == line.clusters, "\(line.through)")
    }
    let overlap = try #require(found.overlap)
    let half = try #require(
      overlap.first { $0.video == "alice-half.mp4" && $0.inside == "alice-plain.mp4" })
    #expect(half.percent > 90)
    #expect(half.ranges.allSatisfy { abs($0.from - $0.inside_from) < 0.1 })
    #expect(!overlap.contains { $0.video.prefix(3) != $0.inside.prefix(3) }, "of another person")
  }

  /// Nothing stands for them until the marks are made anew.
  @Test func facesBehindARejectedOneAreTold() throws {
    let workspace = try copied()
    try #require(try workspace.curate("dedup", "--quiet").status == 0)
    let pair = try #require(try marks(workspace).first { $0.face != $0.best })
    let best = try split(pair.best)
    let rejected = try workspace.curate(
      "reject", "video = \"\(best.name).mp4\" and ordinal = \(best.ordinal)")
    #expect(rejected.status == 0 && rejected.errors.contains("curate dedup"), "\(rejected.errors)")
    let hidden = try workspace.count("not duplicate")
    let again = try workspace.curate("dedup", "--quiet")
    #expect(again.status == 0 && !again.errors.contains("nothing stands"), "\(again.errors)")
    #expect(try workspace.count("not duplicate") > hidden)
    let other = try workspace.curate("reject", "sharpness < 0")
    #expect(!other.errors.contains("nothing stands"), "\(other.errors)")
  }

  @Test func aKilledRunGoesOnWhereItWas() throws {
    let workspace = try copied()
    _ = try workspace.curate(["dedup", "--quiet", "--threads", "1"], killAfter: 0.15)
    let whole = try copied()
    _ = try report(workspace)
    _ = try report(whole)
    #expect(try workspace.contentHash() == whole.contentHash())
  }

  @Test func aFaceWithoutItsCropIsLeftOutAndSaid() throws {
    let workspace = try copied()
    let gone = try Shell.run(
      "sqlite3",
      [
        workspace.path + "/crops.sqlar",
        "DELETE FROM sqlar WHERE name IN (SELECT name FROM sqlar ORDER BY name LIMIT 2)",
      ])
    try #require(gone.status == 0, "\(gone.errors)")
    let result = try workspace.curate("dedup", "--quiet")
    #expect(result.status == 2)
    #expect(result.errorLines.filter { $0.contains("crop is missing; curate repair") }.count == 2)
    #expect(try workspace.count("duplicate") > 0)
  }

  @Test(arguments: [["--distance", "65"], ["--distance", "-1"], ["--threads", "0"], ["yav > 3"]])
  func wrongUsageExitsWith64(arguments: [String]) throws {
    let result = try Self.imported.curate(["dedup"] + arguments)
    #expect(result.status == 64 && result.output.isEmpty)
  }

  @Test func theOrderOfKeepingIsInTheHelp() throws {
    let help = try Shell.run(Shell.curate, ["dedup", "--help"])
    let text = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for rule in ["accepted by hand", "not rejected", "larger", "sharper", "exposure"] {
      #expect(text.contains(rule))
    }
  }
}
