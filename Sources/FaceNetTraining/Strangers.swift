import Align
package import FaceCore
package import Networks

extension Parameters {
  /// These weights of an embedding, and what they say of so many rendered people, by which `PersonGrouping`
  /// knows how much a likeness is worth; any that were there are made anew.
  ///
  /// Up to eight pictures of each, up to 60° to either side, before a grey wall.
  package func withStrangers(_ people: Int, threads: Int) throws(NetworksError) -> Parameters {
    let net = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: self)
    // Nobody who was trained on: recipes have other seeds.
    let portraits = SyntheticPortraits(
      people: people, portraitsEach: 8, seed: 0x5374_7261_6e67_6572
    ).rendered(threads: threads).filter { $0.showsFace(upTo: 60) }
    let known = Dictionary(grouping: portraits, by: \.person).sorted { $0.key < $1.key }
    let rows = known.compactMap { _, portraits in
      meanDirection(
        of: portraits.map { net.embedding(of: $0.beforeGrey, landmarks: $0.landmarks) })
    }
    guard let length = rows.first?.count else { return self }
    let strangers = Parameters([Parameter(NetEmbedding.strangersName, [rows.count, length])])
    strangers[NetEmbedding.strangersName] = rows.flatMap(\.self)
    return strangers.joined(with: self)
  }
}

extension Portrait {
  /// Whether a face is seen that is turned by at most so many degrees, as far as anybody knows.
  package func showsFace(upTo yaw: Double) -> Bool { showsFace && abs(pose?.yaw ?? 0) <= yaw }

  /// The person before a plain grey wall.
  package var beforeGrey: GrayImage {
    GrayImage(
      width: luma.width, height: luma.height,
      bytes: zip(luma.bytes, alpha.bytes).map { luma, alpha in
        UInt8((Int(luma) * Int(alpha) + 128 * (255 - Int(alpha))) / 255)
      })
  }
}
