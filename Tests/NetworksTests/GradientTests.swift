import Networks
import Testing

/// A layer with another in front of it, so that the gradient of its input shows in weights.
struct Case: CustomTestStringConvertible, Sendable {
  let input: Shape
  let layers: [Layer]
  var batch = 2
  var testDescription: String { "\(layers) on \(input)" }

  var network: Network {
    var network = Network(input: input)
    network.output("out", of: network.append(Block("net", layers), to: network.input))
    return network
  }
}

let cases: [Case] = [
  Case(
    input: Shape(3, 6, 6),
    layers: [.convolution(channels: 4, kernel: 1), .convolution(channels: 5, kernel: 3)]),
  Case(
    input: Shape(2, 7, 5),
    layers: [.convolution(channels: 3, kernel: 3), .convolution(channels: 5, kernel: 5, stride: 2)]),
  Case(
    input: Shape(3, 8, 8),
    layers: [
      .convolution(channels: 4, kernel: 3, stride: 2), .leakyReLU(0.1),
      .convolution(channels: 3, kernel: 5),
    ]),
  Case(
    input: Shape(1, 1, 1),
    layers: [.convolution(channels: 4, kernel: 5), .convolution(channels: 2, kernel: 3, stride: 2)]),
  Case(
    input: Shape(2, 4, 3), layers: [.convolution(channels: 3, kernel: 3), .dense(7), .dense(4)],
    batch: 3),
  Case(
    input: Shape(2, 3, 3),
    layers: [.dense(12), .reshape(Shape(3, 2, 2)), .convolution(channels: 2, kernel: 3)]),
  Case(
    input: Shape(2, 3, 4),
    layers: [
      .convolution(channels: 12, kernel: 3), .pixelShuffle(2), .convolution(channels: 2, kernel: 3),
    ]),
  Case(
    input: Shape(2, 3, 4),
    layers: [
      .convolution(channels: 8, kernel: 3), .leakyReLU(0.2), .pixelShuffle(2), .leakyReLU(0.1),
      .sigmoid,
    ]),
  Case(
    input: Shape(2, 4, 4),
    layers: [
      .convolution(channels: 5, kernel: 3), .leakyReLU(0.1), .rmsNorm(epsilon: 0.01), .dense(3),
    ], batch: 3),
  // Far below the epsilon, and the norm is the last.
  Case(
    input: Shape(2, 3, 3), layers: [.convolution(channels: 4, kernel: 3), .rmsNorm(epsilon: 9)]),
  Case(
    input: Shape(3, 5, 5),
    layers: [.convolution(channels: 3, kernel: 5), .sigmoid, .convolution(channels: 2, kernel: 1)]),
  Case(
    input: Shape(40, 9, 9),
    layers: [
      .convolution(channels: 33, kernel: 3), .leakyReLU(0.1), .convolution(channels: 17, kernel: 3),
    ], batch: 5),
  Case(
    input: Shape(8, 6, 5),
    layers: [
      .convolution(channels: 4, kernel: 3), .leakyReLU(0.1), .convolution(channels: 2, kernel: 5),
      .convolution(channels: 9, kernel: 3),
    ]),
  Case(
    input: Shape(2, 9, 7),
    layers: [
      .convolution(channels: 20, kernel: 3), .convolution(channels: 3, kernel: 5), .sigmoid,
    ], batch: 3),
  // Channels by the dozen go another way: tiles that reach over the edge, panels that are half full,
  // several blocks of input channels, pixels folded in four.
  Case(
    input: Shape(16, 6, 7),
    layers: [
      .convolution(channels: 32, kernel: 3), .leakyReLU(0.1), .convolution(channels: 16, kernel: 3),
    ]),
  Case(
    input: Shape(16, 12, 8),
    layers: [
      .convolution(channels: 16, kernel: 3), .sigmoid,
      .convolution(channels: 48, kernel: 5, stride: 2), .leakyReLU(0.1),
    ]),
  Case(
    input: Shape(16, 8, 8),
    layers: [
      .convolution(channels: 80, kernel: 3), .convolution(channels: 32, kernel: 5, stride: 2),
      .sigmoid,
    ], batch: 3),
]

/// Engines for all that this processor can do.
let engines = CPUEngine.Instructions.allCases.compactMap {
  try? CPUEngine(threads: 2, instructions: $0)  // Others are not to be had here.
}

func initialized(_ network: Network, seed: UInt64) -> Parameters {
  let parameters = Parameters(network.parameters)
  parameters.initialize(seed: seed)
  for parameter in network.parameters where parameter.name.hasSuffix("bias") {
    parameters[parameter.name] = random(parameter.count, seed: seed + 1, in: -0.2...0.2)
  }
  return parameters
}

@Test(arguments: cases)
func theEngineAgreesWithThePlainVersion(_ item: Case) throws {
  let parameters = initialized(item.network, seed: 1)
  let input = random(item.batch * item.input.count, seed: 2)
  let expected = ReferenceNetwork(item.network, parameters)
    .forward(input.map(Double.init), batch: item.batch)[0]
  #expect(engines.contains { $0.instructions == .generic })
  for engine in engines {
    for purpose in [CPUEngine.Purpose.inference, .training] {
      let result = try engine.compile(
        item.network, batch: item.batch, for: purpose, parameters: parameters
      ).forward(input)[0]
      #expect(result.count == expected.count)
      let worst = zip(result, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst < 2e-5, "\(engine.instructions)")
    }
  }
}

/// The loss is a random weighing of the outputs; its slope is measured on the plain version, in
/// doubles.
@Test(arguments: cases)
func everyGradientIsTheSlopeOfTheLoss(_ item: Case) throws {
  let network = item.network
  let parameters = initialized(network, seed: 3)
  let input = random(item.batch * item.input.count, seed: 4)
  let weighing = random(
    item.batch * network.outputs.reduce(0) { $0 + $1.tensor.shape.count }, seed: 5)
  let all = try engines.map { engine in
    let executable = try engine.compile(
      network, batch: item.batch, for: .training, parameters: parameters)
    _ = executable.forward(input)
    executable.backward([weighing])
    return try #require(executable.gradients)
  }

  var reference = ReferenceNetwork(network, parameters)
  func loss() -> Double {
    zip(reference.forward(input.map(Double.init), batch: item.batch)[0], weighing)
      .reduce(0) { $0 + $1.0 * Double($1.1) }
  }
  for parameter in network.parameters {
    let analytic = all.map { $0[parameter.name] }
    var (slopes, errors) = (0.0, [Double](repeating: 0, count: engines.count))
    // A few dozen places of each array, at odd distances.
    for index in stride(from: 0, to: parameter.count, by: max(1, parameter.count / 24 | 1)) {
      let step = 1e-6
      reference.weights[parameter.name]?[index] += step
      let above = loss()
      reference.weights[parameter.name]?[index] -= 2 * step
      let below = loss()
      reference.weights[parameter.name]?[index] += step
      let slope = (above - below) / (2 * step)
      slopes += slope * slope
      for (place, gradient) in analytic.enumerated() {
        let error = Double(gradient[index]) - slope
        errors[place] += error * error
      }
    }
    for (engine, error) in zip(engines, errors) {
      #expect(
        (error / slopes).squareRoot() < 1e-5,
        "\(parameter.name), \(engine.instructions): \((error / slopes).squareRoot())")
    }
  }
}

/// A batch too large for the engine to do in one go, and its samples one by one.
@Test(arguments: [(8, 24, 64), (16, 48, 96)])
func theGradientOfABatchIsTheSumOverItsSamples(channels: Int, more: Int, side: Int) throws {
  let item = Case(
    input: Shape(channels, side, side),
    layers: [
      .convolution(channels: more, kernel: 3), .leakyReLU(0.1),
      .convolution(channels: 3, kernel: 5), .sigmoid,
    ], batch: 16)
  let parameters = initialized(item.network, seed: 6)
  let engine = try CPUEngine()
  func run(_ input: [Float], batch: Int) throws -> (output: [Float], gradients: [[Float]]) {
    let executable = try engine.compile(
      item.network, batch: batch, for: .training, parameters: parameters)
    let output = executable.forward(input)[0]
    executable.backward([output])
    let gradients = try #require(executable.gradients)
    return (output, item.network.parameters.map { gradients[$0.name] })
  }
  let input = random(item.batch * item.input.count, seed: 7)
  let all = try run(input, batch: item.batch)
  var output: [Float] = []
  var sums = all.gradients.map { [Double](repeating: 0, count: $0.count) }
  for sample in 0..<item.batch {
    let one = try run(
      Array(input[sample * item.input.count..<(sample + 1) * item.input.count]), batch: 1)
    output += one.output
    for (index, gradient) in one.gradients.enumerated() {
      for at in gradient.indices { sums[index][at] += Double(gradient[at]) }
    }
  }
  #expect(zip(all.output, output).allSatisfy { abs($0 - $1) < 1e-5 })
  for (gradient, sum) in zip(all.gradients, sums) {
    let size = sum.map(abs).max() ?? 0
    #expect(zip(gradient, sum).allSatisfy { abs(Double($0) - $1) < 1e-4 * size })
  }
}

/// By hand: the mean square of 1, 2, 2, 4 is 25 / 4.
@Test func theNormOfASampleIsItsOwn() throws {
  var network = Network(input: Shape(4, 1, 1))
  network.output(
    "out", of: network.append(Block("n", [.rmsNorm(epsilon: 0)]), to: network.input))
  let made = try CPUEngine().compile(
    network, batch: 3, for: .inference, parameters: Parameters([])
  ).forward([1, 2, 2, 4, 3, 3, 3, 3, -5, 0, 0, 0])[0]
  let expected: [Float] = [0.4, 0.8, 0.8, 1.6, 1, 1, 1, 1, -2, 0, 0, 0]
  #expect(zip(made, expected).allSatisfy { abs($0 - $1) < 1e-6 })
}
