import Align
import Foundation
import Testing

@Suite struct OwnWeightsTests {
  /// A process of its own, for the variable is read once.
  @Test func weightsOfAFolderAreUsedInsteadOfThoseBuiltIn() async {
    await #expect(processExitsWith: .success) {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: folder) }  // A leftover does no harm.
      let file = "\(folder)/detector.safetensors"
      try Data("no weights".utf8).write(to: URL(fileURLWithPath: file))
      setenv("CURATE_FACE_NETS", folder, 1)
      let error = #expect(throws: AlignError.self) { try FaceAligner() }
      #expect(error?.subject == file && error?.code == .failed)
      #expect(FaceAligner.version.hasPrefix("align-9+"))
    }
  }

  @Test func withoutAFolderTheVersionIsThatOfTheProgram() async {
    await #expect(processExitsWith: .success) {
      unsetenv("CURATE_FACE_NETS")
      #expect(!FaceAligner.version.contains("+"))
      #expect(throws: Never.self) { try FaceAligner() }
    }
  }
}
