import Networks
import Testing

/// A shared encoder and two decoders, small.
func twoSided() -> Network {
  let encoder = Block(
    "encoder",
    [
      .convolution(channels: 24, kernel: 5, stride: 2), .leakyReLU(0.1),
      .convolution(channels: 40, kernel: 5, stride: 2), .leakyReLU(0.1),
      .dense(48), .dense(16 * 4 * 4), .reshape(Shape(16, 4, 4)),
    ])
  func decoder(_ name: String) -> Block {
    Block(
      name,
      [
        .convolution(channels: 64, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        .convolution(channels: 32, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        .convolution(channels: 3, kernel: 5), .sigmoid,
      ])
  }
  var network = Network(input: Shape(3, 16, 16), parts: 2)
  let code = network.append(encoder, to: network.input)
  network.output("a", of: network.append(decoder("decoder.a"), to: network.part(0, of: code)))
  network.output("b", of: network.append(decoder("decoder.b"), to: network.part(1, of: code)))
  return network
}

/// Losses and final weights of a few steps of a squared loss.
func train(_ network: Network, steps: Int, threads: Int, rate: Float) throws -> (
  losses: [Float], weights: [[Float]]
) {
  let parameters = Parameters(network.parameters)
  parameters.initialize(seed: 7)
  let executable = try CPUEngine(threads: threads).compile(
    network, batch: 4, for: .training, parameters: parameters)
  let adam = Optimizer(parameters, settings: .init(learningRate: rate))
  let input = random(8 * 3 * 16 * 16, seed: 8, in: 0...1)
  let half = input.count / 2
  let targets = [Array(input[..<half]), Array(input[half...])]
  var losses: [Float] = []
  for _ in 0..<steps {
    let outputs = executable.forward(input)
    var loss: Float = 0
    let gradients = zip(outputs, targets).map { output, target in
      zip(output, target).map { a, b in
        loss += (a - b) * (a - b) / Float(input.count)
        return 2 * (a - b) / Float(input.count)
      }
    }
    losses.append(loss)
    executable.backward(gradients)
    adam.update(parameters, gradients: try #require(executable.gradients), threads: threads)
  }
  return (losses, network.parameters.map { parameters[$0.name] })
}

@Test func theWholeNetworkAgreesWithThePlainVersion() throws {
  let network = twoSided()
  let parameters = initialized(network, seed: 11)
  let input = random(2 * 3 * 3 * 16 * 16, seed: 12)
  let results = try CPUEngine().compile(
    network, batch: 3, for: .inference, parameters: parameters
  ).forward(input)
  let expected = ReferenceNetwork(network, parameters).forward(input.map(Double.init), batch: 3)
  for (result, plain) in zip(results, expected) {
    #expect(result.count == plain.count)
    #expect(zip(result, plain).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }
}

@Test func oneBatchIsLearntByHeart() throws {
  let losses = try train(twoSided(), steps: 400, threads: 2, rate: 2e-3).losses
  let (first, last) = try (#require(losses.first), #require(losses.last))
  #expect(last < 0.02 * first, "from \(first) to \(last)")
}

@Test func theNumberOfThreadsChangesNothing() throws {
  let one = try train(twoSided(), steps: 3, threads: 1, rate: 1e-3)
  let two = try train(twoSided(), steps: 3, threads: 2, rate: 1e-3)
  let three = try train(twoSided(), steps: 3, threads: 3, rate: 1e-3)
  #expect(one.losses == two.losses && one.losses == three.losses)
  #expect(one.weights == two.weights && one.weights == three.weights)
}

@Test func aMissingArrayOfWeightsIsNamed() throws {
  let network = twoSided()
  let parameters = Parameters(network.parameters.filter { $0.name != "decoder.b.3.bias" })
  let error = #expect(throws: NetworksError.self) {
    try CPUEngine().compile(network, batch: 1, for: .inference, parameters: parameters)
  }
  #expect(error?.subject == "decoder.b.3.bias")
}
