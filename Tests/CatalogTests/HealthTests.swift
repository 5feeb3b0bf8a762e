import Catalog
import FaceCore
import Foundation
import Testing

@Suite struct HealthTests {
  private func filled(_ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    try SampleVideo(number: 1).bring(into: workspace)
    try SampleVideo(number: 2, frames: 100).bring(into: workspace)
    return workspace
  }

  @Test func eachThingIsCountedByItself() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let whole = try workspace.faces()
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 40"), reason: "turned", note: note)
    try workspace.reject(matching: FaceQuery(parsing: "pitch > 30"), reason: "up", note: note)
    try workspace.assign("alice", to: FaceQuery(parsing: "yaw < 0"), creating: true, note: note)
    let faces = try workspace.faces()
    // Two clusters, of two duplicates and of one: three faces, not edges.
    try workspace.markDuplicates(
      [(faces[1].id, faces[0].id), (faces[2].id, faces[0].id), (faces[4].id, faces[3].id)],
      note: note)
    let counts = try workspace.healthCounts()
    #expect(counts.faces == faces.count)
    #expect(counts.videos == Set(faces.map(\.video)).count)
    #expect(counts.tracks == Set(faces.map { "\($0.video) \($0.track)" }).count)
    #expect(counts.named == faces.filter { $0.identity != nil }.count && counts.people == 1)
    #expect(counts.duplicates == 3 && counts.duplicateClusters == 2)
    let rejections = try workspace.rejections()
    #expect(Set(rejections.map(\.reason)) == ["turned", "up"])
    #expect(rejections.reduce(0) { $0 + $1.faces } == whole.count - faces.count)
    let part = try FaceQuery(parsing: "video = interview-2.mp4")
    #expect(try workspace.healthCounts(matching: part).videos == 1)
  }

  @Test func spreadsAreThoseOfTheNumbers() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let query = try FaceQuery(parsing: "yaw > -30")
    let spreads = try workspace.measureSpreads(matching: query)
    #expect(Set(spreads.map(\.name)) == ["sharpness", "luminance", "mouth", "eyes"])
    for spread in spreads {
      let values = try workspace.faces(matching: query).compactMap { $0.measures[spread.name] }
        .sorted()
      #expect(spread.count == values.count && spread.bars.reduce(0, +) == values.count)
      #expect(spread.percentiles.first == values.first && spread.percentiles.last == values.last)
      #expect(spread.percentiles[4] == values[(values.count - 1) / 2])
      #expect(spread.percentiles == spread.percentiles.sorted())
    }
  }

  @Test func facesStandAtTheirPlacesInTheOrderOfAMeasure() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let values = try workspace.faces().compactMap { $0.measures["sharpness"] }.sorted()
    let found = try workspace.faces(at: [0, 0.5, 1], by: "sharpness").map {
      $0.measures["sharpness"]
    }
    #expect(found == [values[0], values[(values.count - 1) / 2], values[values.count - 1]])
    #expect(try workspace.faces(at: [0.5], by: "over_exposed").isEmpty)
    #expect(catalogError { _ = try workspace.faces(at: [0], by: "beauty") }?.code == .invalid)
  }

  @Test func theWorstFacesAreBlurredAndApartInTime() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    // Of the sample's measures sharpness alone has a bad end.
    let worst = try workspace.worstFaces(count: 8)
    #expect(worst.count == 8)
    let sharp = worst.compactMap { $0.face.measures["sharpness"] }
    #expect(sharp == sharp.sorted() && sharp.count == 8)
    let least = try workspace.faces().compactMap { $0.measures["sharpness"] }.min()
    #expect(sharp.first == least)
    #expect(worst[0].reasons == ["sharpness"])
    for one in worst.indices {
      for other in 0..<one
      where worst[one].face.video == worst[other].face.video
        && worst[one].face.track == worst[other].face.track
      {
        let apart = abs(worst[one].face.time.seconds - worst[other].face.time.seconds)
        #expect(apart >= 1)
      }
    }
  }

  @Test func anEmptyCatalogueIsHealthyEnough() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    #expect(try workspace.healthCounts() == HealthCounts())
    #expect(try workspace.measureSpreads().isEmpty)
    #expect(try workspace.worstFaces(count: 5).isEmpty)
    #expect(try workspace.rejections().isEmpty)
  }
}
