public import Networks

/// One shared encoder and a decoder a side: encode the target's frame, decode it with the
/// source's decoder, and the source's face makes the target's expression.
public struct Architecture: Sendable {
  public let name: String
  /// Side of the square face, in pixels.
  public let resolution: Int
  /// Whether decoders also say where the face is.
  public let hasMask: Bool
  /// From the face to its code.
  private let encode: @Sendable (inout Network, Network.Tensor) -> Network.Tensor
  /// From the code to the face and, if there is one, its mask; blocks are named after the decoder.
  private let decode: @Sendable (inout Network, Network.Tensor, _ name: String) -> [Network.Tensor]

  /// Which of the two faces.
  public enum Side: String, Hashable, Sendable, Codable, CaseIterable {
    case source, target
  }

  init(
    name: String, resolution: Int, hasMask: Bool,
    encode: @escaping @Sendable (inout Network, Network.Tensor) -> Network.Tensor,
    decode:
      @escaping @Sendable (inout Network, Network.Tensor, _ name: String) -> [Network.Tensor]
  ) {
    (self.name, self.resolution, self.hasMask) = (name, resolution, hasMask)
    (self.encode, self.decode) = (encode, decode)
  }

  /// Without a mask, and one layer after the other.
  init(name: String, resolution: Int, encoder: [Layer], decoder: [Layer]) {
    self.init(
      name: name, resolution: resolution, hasMask: false,
      encode: { network, face in network.append(Block("encoder", encoder), to: face) },
      decode: { network, code, name in [network.append(Block(name, decoder), to: code)] })
  }

  private var face: Shape { Shape(3, resolution, resolution) }

  /// The outputs of a side: its face and, if there is one, its mask.
  private func decode(
    _ code: Network.Tensor, as side: Side, in network: inout Network
  ) {
    let made = decode(&network, code, "decoder.\(side.rawValue)")
    precondition(made.count == (hasMask ? 2 : 1), "a face, and a mask where there is one")
    for (tensor, name) in zip(made, [side.rawValue, "\(side.rawValue) mask"]) {
      network.output(name, of: tensor)
    }
  }

  /// Both sides through the encoder at once, sources first, and each through its own decoder.
  ///
  /// Outputs: "source", "target", each followed by its mask, "source mask" and "target mask", where
  /// there are masks.
  public var trainingNetwork: Network {
    var network = Network(input: face, parts: 2)  // [2 · batch, 3, resolution, resolution]
    let code = encode(&network, network.input)
    for (index, side) in [Side.source, .target].enumerated() {
      decode(network.part(index, of: code), as: side, in: &network)
    }
    return network
  }

  /// Any face in, the face of `side` out, and its mask where there is one.
  public func network(decodingAs side: Side) -> Network {
    var network = Network(input: face)
    decode(encode(&network, network.input), as: side, in: &network)
    return network
  }
}
