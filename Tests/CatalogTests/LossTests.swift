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
    // None comes last.
    let sorted = try workspace.faces(matching: .all, sort: FaceSort.parsing("loss desc"))
    #expect(sorted.prefix(5).map(\.id) == losses.reversed().map(\.id))

    let cells = try workspace.cellLosses()
    #expect(cells.reduce(0) { $0 + $1.count } == 5)
    #expect(abs(cells.reduce(0) { $0 + $1.loss * Double($1.count) } - 1.5) < 1e-9)
    for cell in cells {
      let own = faces.prefix(5).indices.filter {
        PoseCell(yaw: faces[$0].pose.yaw, pitch: faces[$0].pose.pitch) == cell.cell
      }
      #expect(cell.count == own.count)
      #expect(abs(cell.loss - own.reduce(0) { $0 + losses[$1].loss } / Double(own.count)) < 1e-9)
    }
    #expect(
      try workspace.cellLosses(matching: FaceQuery(parsing: "loss > 0.15")).count <= cells.count)

    try workspace.keepLosses(
      [FaceLoss(id: losses[4].id, loss: 0.01)], model: "two", step: 5)
    #expect(try workspace.face(losses[4].id).loss == 0.01)
    #expect(try contentLines(workspace) == before)
    #expect(try workspace.revision() == revision)
  }
}
