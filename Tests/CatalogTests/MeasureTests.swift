import Catalog
import FaceCore
import Testing

@Suite struct MeasureTests {
  /// Two videos whose sharpness and luminance were measured by rules of version 1.
  private func workspace(_ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    for number in 1...2 { try SampleVideo(number: number, frames: 90).bring(into: workspace) }
    return workspace
  }

  private func video(_ workspace: Workspace) throws -> VideoRecord {
    try #require(try workspace.videos().first)
  }

  @Test func onlyWhatANewerRuleMeasuresIsStale() throws {
    let scratch = Scratch()
    let workspace = try workspace(scratch)
    let video = try video(workspace)
    let rules = ["sharpness": 1, "luminance": 2, "noise": 1]
    #expect(try workspace.staleRules(rules, of: video) == ["luminance": 2, "noise": 1])
  }

  @Test func anInterruptedMeasuringGoesOnWhereItWas() throws {
    let scratch = Scratch()
    let workspace = try workspace(scratch)
    let video = try video(workspace)
    let rules = ["noise": 1, "blur": 3]
    var seen: [Int64] = []
    while true {
      let faces = try scratch.open().facesToMeasure(rules, of: video, limit: 20)
      guard !faces.isEmpty else { break }
      seen += faces.map(\.row)
      try workspace.keep(
        faces.map { ($0, [Measure(name: "noise", value: Double($0.row), version: 1)]) },
        rules: rules, of: video)
    }
    #expect(seen.count == video.faceCount && Set(seen).count == seen.count)
    #expect(try workspace.staleRules(rules, of: video) == rules)
    try workspace.finishMeasuring(rules, of: video)
    #expect(try workspace.staleRules(rules, of: video).isEmpty)
    let faces = try workspace.faces(matching: FaceQuery(parsing: "video = \"\(video.name)\""))
    #expect(faces.allSatisfy { $0.measures["noise"] == Double($0.row) })
    #expect(faces.allSatisfy { $0.measures["blur"] == nil })
    // Other rules begin anew.
    #expect(try workspace.facesToMeasure(["noise": 2], of: video, limit: 500).count == seen.count)
  }

  /// What cannot be looked at keeps what is known of it, and the video is stale as before.
  @Test func aFaceWithoutItsCropKeepsItsMeasures() throws {
    let scratch = Scratch()
    let workspace = try workspace(scratch)
    let video = try video(workspace)
    let rules = ["sharpness": 2]
    let faces = try workspace.facesToMeasure(rules, of: video, limit: 500)
    let known = try #require(faces.first { $0.measures["sharpness"] != nil })
    func measured(_ face: FaceRecord) -> [Measure] {
      [Measure(name: "sharpness", value: 7, version: 2)]
    }
    try workspace.keep(
      faces.map { ($0, $0.row == known.row ? nil : measured($0)) }, rules: rules, of: video)
    try workspace.finishMeasuring(rules, of: video)
    #expect(try workspace.face(known.id).measures == known.measures)
    #expect(try workspace.staleRules(rules, of: video) == rules)
    // Once it is there again.
    try workspace.keep(faces.map { ($0, measured($0)) }, rules: rules, of: video)
    try workspace.finishMeasuring(rules, of: video)
    #expect(try workspace.staleRules(rules, of: video).isEmpty)
  }

  @Test func measuringLeavesAllElseAlone() throws {
    let scratch = Scratch()
    let workspace = try workspace(scratch)
    let video = try video(workspace)
    let before = try workspace.faces().map { ($0.id, $0.measures["sharpness"], $0.pose) }
    let faces = try workspace.facesToMeasure(["tint": 1], of: video, limit: 500)
    try workspace.keep(
      faces.map { ($0, [Measure(name: "tint", value: 4, version: 1)]) }, rules: ["tint": 1],
      of: video)
    let after = try workspace.faces().map { ($0.id, $0.measures["sharpness"], $0.pose) }
    #expect(before.elementsEqual(after) { $0 == $1 })
    #expect(try workspace.count(matching: FaceQuery(parsing: "tint = 4")) == video.faceCount)
    #expect(try workspace.log().count == 2)
  }

  @Test func measuresArePartOfTheGrammar() throws {
    let scratch = Scratch()
    let workspace = try workspace(scratch)
    let video = try video(workspace)
    for name in [
      "blur", "noise", "upscaled", "blockiness", "interlaced", "outside", "jitter", "occluded",
    ] {
      let faces = try workspace.facesToMeasure([name: 1], of: video, limit: 500)
      try workspace.keep(
        faces.enumerated().map {
          ($0.element, [Measure(name: name, value: Double($0.offset), version: 1)])
        }, rules: [name: 1], of: video)
      #expect(try workspace.count(matching: FaceQuery(parsing: "\(name) < 10")) == 10)
      // The smallest of each cell, at least.
      let low = try workspace.count(matching: FaceQuery(parsing: "\(name) <= p10"))
      #expect(low > 0 && low < faces.count / 2)
      let sorted = try workspace.faces(
        sort: FaceSort.parsing("\(name) desc"), limit: 3
      ).compactMap { $0.measures[name] }
      #expect(sorted == (1...3).map { Double(faces.count - $0) })
    }
  }

  @Test func tracksTellPosesAndOnlyWhatChangedIsWritten() throws {
    let scratch = Scratch()
    let workspace = try workspace(scratch)
    let track = try #require(try workspace.faceTracks().first { $0.faceCount > 10 })
    let faces = try workspace.faces(of: track)
    #expect(faces.count == track.faceCount)
    #expect(faces.map(\.ordinal) == faces.map(\.ordinal).sorted())
    let light = Light(first: SIMD4(1, 0, -0.2, 0.5), hardness: 1)
    let told = faces.map {
      ($0, ToldFace(pose: Pose(yaw: 33, pitch: -20, roll: 1), jitter: 0.5, light: light))
    }
    #expect(try workspace.keep(told) == faces.count)
    #expect(try workspace.keep(told) == 0)
    // What each shows by itself stays, so that the same can be told again.
    #expect(try workspace.faces(of: track) == faces)
    let dark = faces.map {
      ($0, ToldFace(pose: Pose(yaw: 33, pitch: -20, roll: 1), jitter: 0.5, light: nil))
    }
    #expect(faces.contains { $0.seenLight != nil })
    #expect(try workspace.keep(dark) == faces.count)
    #expect(try workspace.faces(of: track) == faces)
    #expect(try workspace.keep(told) == faces.count)
    let query = try FaceQuery(
      parsing: "yaw in 32.9..33.1 and cell = y6p1 and jitter = 0.5 and light = right-hard")
    #expect(try workspace.count(matching: query) == faces.count)
    #expect(try workspace.cellCounts().map(\.count).reduce(0, +) == workspace.count())
    #expect(try workspace.check().allSatisfy(\.isHarmless))
  }

  /// A catalogue that was taken back to an older schema, opened: it knows what it knew.
  private func broughtUpToDate(
    _ old: Workspace, _ scratch: Scratch, from takeBack: () throws -> Void
  ) throws -> Workspace {
    let lines = try contentLines(old)
    try old.close()
    try takeBack()
    let workspace = try scratch.open()
    #expect(try contentLines(workspace) == lines)
    #expect(try workspace.check().allSatisfy(\.isHarmless))
    return workspace
  }

  @Test func aCatalogueOfSchema7IsBroughtUpToDate() throws {
    let scratch = Scratch()
    let workspace = try broughtUpToDate(workspace(scratch), scratch) {
      try scratch.takeBackToSchema7()
    }
    #expect(try workspace.count(matching: FaceQuery(parsing: "not occluded")) == workspace.count())
    #expect(try workspace.staleRules(["occluded": 1], of: video(workspace)) == ["occluded": 1])
    let track = try #require(try workspace.faceTracks().first)
    #expect(try workspace.faces(of: track).contains { $0.seenLight != nil })
  }

  @Test func aCatalogueOfSchema3IsBroughtUpToDateAndKeepsAllItKnew() throws {
    let scratch = Scratch()
    let old = try workspace(scratch)
    try old.assign("alice", to: FaceQuery(parsing: "ordinal < 20"), creating: true, note: note)
    let workspace = try broughtUpToDate(old, scratch) { try scratch.takeBackToSchema3() }
    #expect(try workspace.count(matching: FaceQuery(parsing: "noise = none")) == workspace.count())
    #expect(try workspace.staleRules(["noise": 1], of: video(workspace)) == ["noise": 1])
  }
}
