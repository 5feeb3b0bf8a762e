package import FaceCore
package import Networks

/// The network that says what is before a face: from an aligned square to the odds that each of its cells
/// shows something else.
package enum OcclusionNetwork {
  /// Pixels of the square, which is the embedding's: `FaceSquare(aligning:)`.
  package static let side = EmbeddingNetwork.side
  /// Pixels of a side that become channels, and are answered together.
  package static let block = 4
  /// Cells of a side.
  package static let cells = side / block
  private static let slope: Float = 0.1

  /// Output "cover" `[1, 16, 16]` of a square `[16, 16, 16]`: the logarithm of the odds, cell by cell.
  ///
  /// Down to a sixteenth, where a face is seen as a whole, and up again with what was seen on the way, as
  /// in Ronneberger et al., "U-Net", 2015.
  package static let network: Network = {
    var network = Network(input: Shape(block * block, cells, cells))
    func convolution(_ channels: Int, stride: Int = 1) -> [Layer] {
      [.convolution(channels: channels, kernel: 3, stride: stride), .leakyReLU(slope)]
    }
    func up(_ channels: Int) -> [Layer] {
      [.convolution(channels: 4 * channels, kernel: 1), .pixelShuffle(2)]
    }
    func name(_ part: String) -> String { "occlusion.\(part)" }
    let fine = network.append(Block(name("stem"), convolution(24)), to: network.input)
    var tensor = network.append(Block(name("down0"), convolution(40, stride: 2)), to: fine)
    let middle = network.sum(
      tensor, network.append(Block(name("stage0"), convolution(40)), to: tensor))
    tensor = network.append(Block(name("down1"), convolution(64, stride: 2)), to: middle)
    tensor = network.sum(
      tensor, network.append(Block(name("stage1"), convolution(64)), to: tensor))
    tensor = network.sum(middle, network.append(Block(name("up1"), up(40)), to: tensor))
    tensor = network.append(Block(name("mix1"), convolution(40)), to: tensor)
    tensor = network.sum(fine, network.append(Block(name("up0"), up(24)), to: tensor))
    network.output(
      "cover",
      of: network.append(
        Block(name("mix0"), convolution(16) + [.convolution(channels: 1, kernel: 1)]), to: tensor))
    return network
  }()

  /// In pixels of the square.
  package static func center(ofCell cell: Int) -> Point {
    Point(
      x: (Float(cell % cells) + 0.5) * Float(block), y: (Float(cell / cells) + 0.5) * Float(block))
  }

  /// How much of each cell of the square is face by its landmarks, 0 to 1, row by row: the hull of jaw and
  /// brows.
  ///
  /// `face` is in pixels of the square.
  package static func hull(of face: Landmarks) -> [Float] {
    let rows = FacePatch.span(of: Array(face.points[..<27]), width: side, height: side)
    var parts = [Float](repeating: 0, count: cells * cells)
    for (row, columns) in rows.enumerated() {
      for column in columns { parts[row / block * cells + column / block] += 1 }
    }
    return parts.map { $0 / Float(block * block) }
  }
}
