import Catalog
import FaceCore
import Foundation
import Testing

/// Killed at any moment and run again, an import ends in the same content.
@Suite(.serialized) struct KillTests {
  @Test func killedImportsEndInTheSameContent() async throws {
    let plain = Scratch()
    let whole = try plain.create()
    for number in 1...2 { try SampleVideo(number: number).bring(into: whole, batchSize: 3) }
    let expected = try contentLines(whole)

    let scratch = Scratch()
    let folder = scratch.folder
    var random = SeededGenerator(seed: 4)
    for round in 0..<20 {
      // From the making of the workspace to the middle of the import.
      let delay = UInt32.random(in: 0...(round < 5 ? 40_000 : 150_000), using: &random)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, delay = delay as UInt32] in
        Thread.detachNewThread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }
        let workspace = try (try? Workspace.create(at: folder)) ?? Workspace(opening: folder)
        for number in 1...2 {
          try SampleVideo(number: number).bring(into: workspace, batchSize: 1)
        }
        while true { sleep(1) }
      }
    }
    let workspace = try (try? scratch.create()) ?? scratch.open()
    for number in 1...2 { try SampleVideo(number: number).bring(into: workspace, batchSize: 3) }
    #expect(try contentLines(workspace) == expected)
    #expect(try workspace.revision() == whole.revision())
    for face in try workspace.faces() {
      #expect(try workspace.crops.contains(face.crop.name))
    }
  }
}
