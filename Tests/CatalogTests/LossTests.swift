import Catalog
import FaceCore
import Testing

@Suite struct LossTests {
  @Test func facesAreFoundByTheirLossAndTheContentStaysWhatItWas() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1, frames: 40).bring(into: workspace)
    let before = try contentLines(workspace)
    let revision = try workspace.revision()
    let faces = try workspace.faces(matching: .all)
    try #require(faces.count > 6)
    let losses = faces.prefix(5).enumerated().map {
      FaceLoss(id: $1.id, loss: 0.1 * Double($0 + 1))
    }
    let strangers = [
      FaceLoss(id: FaceID(videoSHA256: digest(99), ordinal: 0, position: 0), loss: 3),
      FaceLoss(id: faces[5].id, loss: .nan),
    ]
    try workspace.keepLosses(losses + strangers, model: "one", step: 100)

    let hard = try workspace.faces(
      matching: FaceQuery(parsing: "loss > 0.15"), sort: FaceSort.parsing("loss desc"))
    #expect(hard.map(\.id) == losses.dropFirst().reversed().map(\.id))
    #expect(hard.first?.loss == losses.last?.loss)
    #expect(try workspace.count(matching: FaceQuery(parsing: "loss = none")) == faces.count - 5)
    // At least that of the half of each pose, which one face by itself is.
    let half = try workspace.faces(matching: FaceQuery(parsing: "loss >= p50"))
    #expect(!half.isEmpty && half.count <= 5 && half.contains { $0.id == losses.last?.id })
    // None comes last.
    let sorted = try workspace.faces(matching: .all, sort: FaceSort.parsing("loss desc"))
    #expect(sorted.prefix(5).map(\.id) == losses.reversed().map(\.id))

    try workspace.keepLosses(
      [FaceLoss(id: losses[4].id, loss: 0.01)], model: "two", step: 5)
    #expect(try workspace.face(losses[4].id).loss == 0.01)
    #expect(try contentLines(workspace) == before)
    #expect(try workspace.revision() == revision)
  }

  @Test func posesHaveTheMeanOfTheirFacesLosses() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1, frames: 40).bring(into: workspace)
    let faces = try workspace.faces(matching: .all)
    let losses = faces.dropLast().enumerated().map {
      FaceLoss(id: $1.id, loss: Double($0 * $0) / 64)
    }
    try workspace.keepLosses(losses, model: "one", step: 1)
    let expected = Dictionary(grouping: zip(faces, losses)) { face, _ in
      PoseCell(yaw: face.pose.yaw, pitch: face.pose.pitch)
    }
    let found = try workspace.cellLosses()
    #expect(found.map(\.cell) == expected.keys.sorted() && found.contains { $0.count > 1 })
    for cell in found {
      let own = try #require(expected[cell.cell]).map(\.1.loss)
      #expect(cell.count == own.count)
      #expect(abs(cell.loss - own.reduce(0, +) / Double(own.count)) < 1e-9)
    }
    #expect(try workspace.cellLosses(matching: FaceQuery(parsing: "loss = none")).isEmpty)
  }
}
