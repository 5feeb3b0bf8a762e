import Catalog
import FaceCore
import Foundation
import Testing

@Suite struct TrackTests {
  private func filled(_ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    try SampleVideo(number: 1).bring(into: workspace)
    try SampleVideo(number: 2, frames: 100).bring(into: workspace)
    return workspace
  }

  private func vectors(_ rows: [Int64]) -> [(face: Int64, vector: [Float])] {
    rows.map { ($0, [Float($0), 1, -0.5]) }
  }

  @Test func tracksHoldAllFacesThatAreNotRejected() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 30"), reason: "x", note: note)
    try workspace.assign("alice", to: FaceQuery(parsing: "yaw < -30"), creating: true, note: note)
    let tracks = try workspace.tracks()
    var expected: [TrackRecord.Key: (faces: Int, start: Double, names: [String: Int])] = [:]
    #expect(Set(tracks.map(\.video)).count == 2)
    for face in try workspace.faces() {
      let video = try #require(tracks.first { $0.videoName == face.video }).video
      let key = TrackRecord.Key(video: video, number: face.track)
      var entry = expected[key] ?? (0, .infinity, [:])
      entry.faces += 1
      entry.start = min(entry.start, face.time.seconds)
      if let name = face.identity { entry.names[name, default: 0] += 1 }
      expected[key] = entry
    }
    #expect(tracks.map(\.key) == expected.keys.sorted())
    for track in tracks {
      let entry = try #require(expected[track.key])
      #expect(track.faceCount == entry.faces && track.start == entry.start)
      #expect(track.identity == entry.names.first?.key)
    }
  }

  @Test func tracksOfOnePictureAreThoseThatShareAFrame() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let together = try workspace.tracksTogether()
    var expected: Set<[Int]> = []
    let faces = try workspace.faces()
    for one in faces {
      for other in faces
      where one.video == other.video && one.id.ordinal == other.id.ordinal
        && one.track < other.track
      {
        expected.insert([one.video == "interview-1.mp4" ? 1 : 2, one.track, other.track])
      }
    }
    let names = Dictionary(
      try workspace.tracks().map { ($0.video, $0.videoName == "interview-1.mp4" ? 1 : 2) },
      uniquingKeysWith: { one, _ in one })
    #expect(!expected.isEmpty)
    #expect(
      Set(together.map { [names[$0.0.video] ?? 0, $0.0.number, $0.1.number] }) == expected)
  }

  @Test func namingTracksIsOneEntryThatKeepsNamesAndIsTakenBack() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let tracks = try workspace.tracks()
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "track = \(tracks[0].number) and video = interview-1.mp4"),
      creating: true, scope: .tracks, note: note)
    let before = try contentLines(workspace)
    let revision = try workspace.revision()
    let count = try workspace.nameTracks(
      [("person-1", [tracks[0].key, tracks[1].key]), ("alice", [tracks[2].key])], note: note)
    #expect(count == tracks[1].faceCount + tracks[2].faceCount)
    #expect(try workspace.revision() == revision + 1)
    let after = try workspace.tracks()
    #expect(after[..<3].map(\.identity) == ["alice", "person-1", "alice"])
    #expect(after[3...].allSatisfy { $0.identity == nil })
    _ = try workspace.undo(note: note)
    #expect(try contentLines(workspace) == before)
    #expect(try workspace.identities().map(\.name) == ["alice"])
  }

  @Test func aTrackIsKnownByAFewFacesAndOnlyThoseThatLackNumbersAreLookedAt() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    try workspace.reject(matching: FaceQuery(parsing: "pitch > 10"), reason: "x", note: note)
    let rows = try workspace.facesToEmbed(model: "m1")
    let faces = try workspace.faces(rows: rows)
    #expect(faces.map(\.row) == rows)
    #expect(faces.allSatisfy { $0.rejection == nil })
    let byTrack = Dictionary(grouping: faces) { "\($0.video) \($0.track)" }
    let tracks = try workspace.tracks()
    #expect(byTrack.count == tracks.count)
    for (_, faces) in byTrack { #expect(faces.count <= 15) }
    // The largest of a band and third is there: so is the largest of the track.
    for track in tracks {
      let own = try workspace.faces(
        matching: FaceQuery(parsing: "track = \(track.number) and video = \(track.videoName)"))
      let largest = try #require(own.map(\.size).max())
      #expect(
        byTrack["\(track.videoName) \(track.number)"]?.contains { $0.size == largest } == true)
    }
    try workspace.keepEmbeddings(vectors(Array(rows.prefix(10))), model: "m1")
    #expect(try workspace.facesToEmbed(model: "m1") == Array(rows.dropFirst(10)))
    #expect(try workspace.facesToEmbed(model: "m2") == rows)
    let kept = try workspace.embeddings(model: "m1")
    #expect(Set(kept.map(\.face)) == Set(rows.prefix(10)))
    #expect(kept.allSatisfy { $0.vector == [Float($0.face), 1, -0.5] })
  }

  @Test func embeddingsAreNoPartOfWhatTheCatalogueKnows() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let (before, revision) = (try contentLines(workspace), try workspace.revision())
    try workspace.keepEmbeddings(vectors(try workspace.facesToEmbed(model: "m")), model: "m")
    #expect(try contentLines(workspace) == before)
    #expect(try workspace.revision() == revision)
  }

  @Test func anExcludedPersonIsRejectedButStillKnown() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let query = try FaceQuery(parsing: "video = interview-2.mp4")
    try workspace.assign("extra", to: query, creating: true, scope: .tracks, note: note)
    let tracks = try workspace.tracks()
    let count = try workspace.exclude("extra", note: note)
    #expect(count > 0)
    #expect(try workspace.count(matching: query) == 0)
    #expect(try workspace.tracks() == tracks)
    #expect(try workspace.excludedIdentities() == ["extra"])
    #expect(try workspace.exclude("extra", note: note) == 0)
    _ = try workspace.undo(note: note)
    #expect(try workspace.excludedIdentities().isEmpty)
    #expect(try workspace.count(matching: query) == count)
    #expect(catalogError { try workspace.exclude("nobody", note: note) }?.code == .unknownIdentity)
    #expect(catalogError { try workspace.checkIdentity("nobody") }?.code == .unknownIdentity)
  }
}
