import Align
package import FaceCore
package import Networks

extension Parameters {
  /// These weights of an embedding, and what they say of rendered people, by which `NetEmbedding` knows
  /// how much a likeness is worth; any that were there are made anew.
  ///
  /// `people` of `portraitsEach` pictures, up to 60° to either side, before a grey wall.
  package func withStrangers(
    people: Int = 128, portraitsEach: Int = 8, threads: Int,
    progress: @Sendable (Progress) -> Void = { _ in }
  ) throws(NetworksError) -> Parameters {
    let name = NetEmbedding.strangersName
    let net = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: self)
    // Nobody who was trained on: recipes have other seeds.
    let portraits = SyntheticPortraits(
      people: people, portraitsEach: portraitsEach, seed: 0x5374_7261_6e67_6572
    ).rendered(threads: threads, progress: progress)
      .filter { $0.showsFace && abs($0.pose?.yaw ?? 0) <= 60 }
    let known = Dictionary(grouping: portraits, by: \.person).sorted { $0.key < $1.key }
    let rows = known.map { _, portraits in
      NetEmbedding.mean(
        of: portraits.map { net.embedding(of: $0.beforeGrey, landmarks: $0.landmarks) })
    }
    guard let length = rows.first?.count else { return self }
    let others = entries.filter { $0.name != name }
    let result = Parameters(
      others + [Parameter(name, [rows.count, length])])
    for entry in others { result[entry.name] = self[entry.name] }
    result[name] = rows.flatMap(\.self)
    return result
  }
}

extension Portrait {
  /// The person before a plain grey wall.
  package var beforeGrey: GrayImage {
    GrayImage(
      width: luma.width, height: luma.height,
      bytes: zip(luma.bytes, alpha.bytes).map { luma, alpha in
        UInt8((Int(luma) * Int(alpha) + 128 * (255 - Int(alpha))) / 255)
      })
  }
}
