public import Networks

/// What learns both people from one encoder, and makes the source's face of the target's.
///
/// In most, each side has a decoder: encode the target's frame, decode it with the source's decoder, and
/// the source's face makes the target's expression.
public struct Architecture: Sendable {
  public let name: String
  /// Side of the square face, in pixels.
  public let resolution: Int
  /// Whether decoders also say where the face is.
  public let hasMask: Bool
  /// From the faces of both sides, sources first, to the answers of each.
  private let both: @Sendable (inout Network, Network.Tensor) -> Answers
  /// From any face to that of a side.
  private let one: @Sendable (inout Network, Network.Tensor, Side) -> [Network.Tensor]

  /// Each side's face and, if there is one, its mask.
  typealias Answers = (source: [Network.Tensor], target: [Network.Tensor])

  /// Which of the two faces.
  public enum Side: String, Hashable, Sendable, Codable, CaseIterable {
    case source, target
  }

  init(
    name: String, resolution: Int, hasMask: Bool,
    both: @escaping @Sendable (inout Network, Network.Tensor) -> Answers,
    one: @escaping @Sendable (inout Network, Network.Tensor, Side) -> [Network.Tensor]
  ) {
    (self.name, self.resolution, self.hasMask) = (name, resolution, hasMask)
    (self.both, self.one) = (both, one)
  }

  /// One encoder and a decoder a side, whose blocks are named after it.
  init(
    name: String, resolution: Int, hasMask: Bool,
    encode: @escaping @Sendable (inout Network, Network.Tensor) -> Network.Tensor,
    decode:
      @escaping @Sendable (inout Network, Network.Tensor, _ name: String) -> [Network.Tensor]
  ) {
    self.init(
      name: name, resolution: resolution, hasMask: hasMask,
      both: { network, faces in
        let code = encode(&network, faces)
        let source = decode(&network, network.part(0, of: code), "decoder.source")
        return (source, decode(&network, network.part(1, of: code), "decoder.target"))
      },
      one: { network, face, side in
        decode(&network, encode(&network, face), "decoder.\(side.rawValue)")
      })
  }

  /// Without a mask, and one layer after the other.
  init(name: String, resolution: Int, encoder: [Layer], decoder: [Layer]) {
    self.init(
      name: name, resolution: resolution, hasMask: false,
      encode: { network, face in network.append(Block("encoder", encoder), to: face) },
      decode: { network, code, name in [network.append(Block(name, decoder), to: code)] })
  }

  private var face: Shape { Shape(3, resolution, resolution) }

  /// Names the outputs of a side.
  private func output(_ made: [Network.Tensor], of side: Side, in network: inout Network) {
    precondition(made.count == (hasMask ? 2 : 1), "a face, and a mask where there is one")
    for (tensor, name) in zip(made, [side.rawValue, "\(side.rawValue) mask"]) {
      network.output(name, of: tensor)
    }
  }

  /// Both sides through the encoder at once, sources first, and each to its own answer.
  ///
  /// Outputs: "source", "target", each followed by its mask, "source mask" and "target mask", where
  /// there are masks.
  public var trainingNetwork: Network {
    var network = Network(input: face, parts: 2)  // [2 · batch, 3, resolution, resolution]
    let answers = both(&network, network.input)
    output(answers.source, of: .source, in: &network)
    output(answers.target, of: .target, in: &network)
    return network
  }

  /// Any face in, the face of `side` out, and its mask where there is one.
  public func network(decodingAs side: Side) -> Network {
    var network = Network(input: face)
    output(one(&network, network.input, side), of: side, in: &network)
    return network
  }
}
