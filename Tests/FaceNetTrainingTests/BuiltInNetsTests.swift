import Align
import FaceCore
import FaceNetTraining
import Testing

/// What the built-in networks must reach on rendered people they have not seen: they follow the weights.
private enum Bound {
  /// Share of the faces that are found.
  static let found = 0.9
  /// Of the landmarks that are seen, the median over faces of their mean error, as a share of the root of
  /// the face's box.
  static let error: Float = 0.04
}

@Suite struct BuiltInNetsTests {
  @Test func facesOfRenderedPeopleAreFoundAtAnyYaw() throws {
    let aligner = try FaceAligner()
    let portraits = SyntheticPortraits(people: 6, portraitsEach: 8, seed: 90_210)
      .rendered(threads: 2).filter(\.showsFace)
    var errors: [Float] = []
    for portrait in portraits {
      let truth = portrait.landmarks
      let found = try aligner.faces(in: portrait.luma).first {
        $0.box.overlap(with: faceBox(of: truth)) > 0.4
      }
      guard let found else { continue }
      let seen = (17..<Landmarks.count).filter { portrait.visible[$0] }
      guard !seen.isEmpty else { continue }
      let mean =
        seen.map { found.landmarks[$0].distance(to: truth[$0]) }.reduce(0, +) / Float(seen.count)
      errors.append(mean / truth.box.area.squareRoot())
    }
    #expect(portraits.count > 40)
    #expect(Double(errors.count) >= Bound.found * Double(portraits.count))
    #expect(errors.sorted()[errors.count / 2] < Bound.error)
  }
}
