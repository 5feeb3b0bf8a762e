import Foundation
import TestSupport
import Testing

/// What an import finds against what is true of the synthetic clips.
@Suite struct TruthTests {
  private struct Truth: Decodable {
    var frame: Int
    var yaw: Double
    var pitch: Double
  }

  private struct Face: Decodable {
    var ordinal: Int
    var yaw: Double
    var pitch: Double
  }

  @Test func facesNearFrontalAreFoundWhereTheyAre() throws {
    var frames = 0
    var found = 0
    var yawError = 0.0
    var pitchError = 0.0
    for clip in ["alice-1", "bob-1", "bob-target"] {
      let lines = try Samples.folder.text("clips/\(clip).jsonl").split(separator: "\n")
      let listed = try MainJobTests.prepared.curate(
        "faces", "video = \"\(clip).mp4\"", "--limit", "0", "--format", "json")
      let faces = try JSONDecoder().decode([Face].self, from: Data(listed.output.utf8))
      let byFrame = Dictionary(faces.map { ($0.ordinal, $0) }, uniquingKeysWith: { $1 })
      for line in lines {
        let truth = try JSONDecoder().decode(Truth.self, from: Data(line.utf8))
        guard abs(truth.yaw) < 40 else { continue }
        frames += 1
        guard let face = byFrame[truth.frame] else { continue }
        found += 1
        yawError += abs(face.yaw - truth.yaw)
        pitchError += abs(face.pitch - truth.pitch)
      }
    }
    #expect(frames > 100)
    #expect(Double(found) >= 0.95 * Double(frames), "\(found) of \(frames)")
    #expect(yawError / Double(found) < 5)
    #expect(pitchError / Double(found) < 8)
  }
}
