public import Networks

/// One shared encoder and a decoder a side: encode the target's frame, decode it with the
/// source's decoder, and the source's face makes the target's expression.
public struct Architecture: Hashable, Sendable {
  public let name: String
  /// Side of the square face, in pixels.
  public let resolution: Int
  let encoder: [Layer]
  let decoder: [Layer]

  /// Which of the two faces.
  public enum Side: String, Hashable, Sendable, Codable, CaseIterable {
    case source, target
  }

  private var face: Shape { Shape(3, resolution, resolution) }

  private func decoder(of side: Side) -> Block { Block("decoder.\(side.rawValue)", decoder) }

  /// Both sides through the encoder at once, sources first, and each through its own decoder.
  ///
  /// Outputs: "source", "target".
  public var trainingNetwork: Network {
    var network = Network(input: face, parts: 2)  // [2 · batch, 3, resolution, resolution]
    let code = network.append(Block("encoder", encoder), to: network.input)
    for (index, side) in [Side.source, .target].enumerated() {
      let part = network.part(index, of: code)
      network.output(side.rawValue, of: network.append(decoder(of: side), to: part))
    }
    return network
  }

  /// Any face in, the face of `side` out.
  public func network(decodingAs side: Side) -> Network {
    var network = Network(input: face)
    let code = network.append(Block("encoder", encoder), to: network.input)
    network.output(side.rawValue, of: network.append(decoder(of: side), to: code))
    return network
  }
}
