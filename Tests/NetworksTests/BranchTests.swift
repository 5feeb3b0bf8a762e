import Networks
import Testing

/// Networks that branch and join.
private enum Branching: String, CaseIterable {
  /// Two layers and what went into them, as in residual networks.
  case residual
  /// An activation and what is before it are both read.
  case beforeAndAfter
  /// Three readers, joined by channels, one of them an output as well.
  case threeReaders
  /// The parts of a tensor branch, each by itself.
  case parts
  /// Parts go through layers of their own and through a layer that both share, each stacked with the
  /// other, and one of them is read by two.
  case stacked
  /// One part before a tensor of two.
  case unevenlyStacked
  /// The input is read twice.
  case input

  var network: Network {
    let hasParts = [.parts, .stacked, .unevenlyStacked].contains(self)
    var network = Network(input: Shape(16, 8, 6), parts: hasParts ? 2 : 1)
    func convolved(
      _ name: String, _ channels: Int, _ tensor: Network.Tensor, leaky: Bool = true
    ) -> Network.Tensor {
      let layer = Layer.convolution(channels: channels, kernel: 3)
      return network.append(Block(name, leaky ? [layer, .leakyReLU(0.2)] : [layer]), to: tensor)
    }
    switch self {
    case .residual:
      let first = convolved("a", 16, network.input)
      let second = convolved("c", 16, convolved("b", 16, first), leaky: false)
      let sum = network.append(Block("r", [.leakyReLU(0.2)]), to: network.sum(second, first))
      network.output("out", of: convolved("d", 3, sum, leaky: false))
    case .beforeAndAfter:
      let before = convolved("a", 5, network.input, leaky: false)
      let after = network.append(Block("r", [.sigmoid]), to: before)
      network.output("out", of: network.sum(before, after))
    case .threeReaders:
      let first = convolved("a", 7, network.input)
      let joined = network.concatenate(convolved("b", 4, first), first)
      network.output("first", of: first)
      network.output("joined", of: convolved("c", 2, joined))
    case .parts:
      let code = convolved("a", 8, network.input)
      for side in 0..<2 {
        let part = network.part(side, of: code)
        let turned = convolved("b\(side)", 8, part)
        network.output("\(side)", of: network.sum(part, turned))
      }
    case .stacked:
      let code = convolved("a", 6, network.input)
      let (first, second) = (network.part(0, of: code), network.part(1, of: code))
      let both = convolved("b", 16, network.stack(first, second))
      let (left, right) = (network.part(0, of: both), network.part(1, of: both))
      let joined = network.stack(
        network.concatenate(left, left), network.concatenate(convolved("c", 16, second), right))
      let answers = convolved("d", 3, joined, leaky: false)
      for side in 0..<2 { network.output("\(side)", of: network.part(side, of: answers)) }
    case .unevenlyStacked:
      let (first, second) = (network.part(0, of: network.input), network.part(1, of: network.input))
      let both = convolved("a", 16, network.stack(first, second))
      let one = convolved("b", 16, second)
      network.output("out", of: convolved("c", 2, network.stack(one, both)))
    case .input:
      let first = convolved("a", 4, network.input)
      network.output("out", of: network.concatenate(network.input, first))
    }
    return network
  }
}

@Test(arguments: Branching.allCases)
private func branchesAgreeWithThePlainVersion(_ kind: Branching) throws {
  let network = kind.network
  let parameters = initialized(network, seed: 3)
  let samples = 3 * network.input.parts
  let input = random(samples * network.input.shape.count, seed: 4)
  let weighings = network.outputs.enumerated().map {
    random(3 * $1.tensor.parts * $1.tensor.shape.count, seed: UInt64(50 + $0))
  }
  var reference = ReferenceNetwork(network, parameters)
  func outputs() -> [[Double]] { reference.forward(input.map(Double.init), batch: 3) }
  func loss() -> Double {
    zip(outputs(), weighings).reduce(0) { sum, pair in
      sum + zip(pair.0, pair.1).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
  }
  let engine = try CPUEngine(threads: 2)
  let inferred = try engine.compile(
    network, batch: 3, for: .inference, parameters: parameters
  ).forward(input)
  let executable = try engine.compile(
    network, batch: 3, for: .training, parameters: parameters)
  let trained = executable.forward(input)
  #expect(inferred == trained)
  for (found, expected) in zip(trained, outputs()) {
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 2e-5 })
  }
  executable.backward(weighings)
  let gradients = try #require(executable.gradients)
  for parameter in network.parameters {
    let found = gradients[parameter.name]
    var (slopes, errors) = (0.0, 0.0)
    for index in stride(from: 0, to: parameter.count, by: max(1, parameter.count / 16 | 1)) {
      reference.weights[parameter.name]?[index] += 1e-6
      let above = loss()
      reference.weights[parameter.name]?[index] -= 2e-6
      let slope = (above - loss()) / 2e-6
      reference.weights[parameter.name]?[index] += 1e-6
      slopes += slope * slope
      errors += (Double(found[index]) - slope) * (Double(found[index]) - slope)
    }
    #expect((errors / slopes).squareRoot() < 1e-5, "\(parameter.name)")
  }
}

/// The slope in the input, measured on the plain version, for a network that reads its input once, twice, in
/// parts, and through an activation or another shape.
@Test(arguments: Branching.allCases.map(\.network) + inputReaders)
func theInputsGradientIsTheSlopeOfTheLoss(network: Network) throws {
  let parameters = initialized(network, seed: 3)
  let input = random(2 * network.input.parts * network.input.shape.count, seed: 4)
  let weighings = network.outputs.enumerated().map {
    random(2 * $1.tensor.parts * $1.tensor.shape.count, seed: UInt64(50 + $0))
  }
  let reference = ReferenceNetwork(network, parameters)
  func loss(_ input: [Double]) -> Double {
    zip(reference.forward(input, batch: 2), weighings).reduce(0) { sum, pair in
      sum + zip(pair.0, pair.1).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
  }
  let engine = try CPUEngine(threads: 2)
  func run(_ wants: Bool) throws -> Executable {
    let executable = try engine.compile(
      network, batch: 2, for: .training, parameters: parameters, wantsInputGradient: wants)
    _ = executable.forward(input)
    executable.backward(weighings)
    return executable
  }
  let (with, without) = (try run(true), try run(false))
  let found = with.inputGradient()
  #expect(found.count == input.count)
  var (slopes, errors) = (0.0, 0.0)
  for index in stride(from: 0, to: input.count, by: max(1, input.count / 48 | 1)) {
    var moved = input.map(Double.init)
    moved[index] += 1e-6
    let above = loss(moved)
    moved[index] -= 2e-6
    let slope = (above - loss(moved)) / 2e-6
    slopes += slope * slope
    errors += (Double(found[index]) - slope) * (Double(found[index]) - slope)
  }
  #expect((errors / slopes).squareRoot() < 1e-5)
  // It costs the weights nothing.
  for parameter in network.parameters {
    #expect(with.gradients?[parameter.name] == without.gradients?[parameter.name])
  }
}

private var inputReaders: [Network] {
  var activated = Network(input: Shape(2, 4, 4))
  activated.output("out", of: activated.append(Block("a", [.sigmoid]), to: activated.input))
  var reshaped = Network(input: Shape(2, 4, 4), parts: 2)
  let flat = reshaped.append(
    Block("a", [.reshape(Shape(8, 2, 2)), .convolution(channels: 3, kernel: 3)]),
    to: reshaped.input)
  reshaped.output("out", of: flat)
  reshaped.output("in", of: reshaped.input)
  var wide = Network(input: Shape(3, 12, 12))
  wide.output(
    "out",
    of: wide.append(
      Block("a", [.convolution(channels: 16, kernel: 1), .leakyReLU(0.2)]), to: wide.input))
  return [activated, reshaped, wide]
}

@Test func aPartThatNobodyReadsHasNoGradient() async {
  await #expect(processExitsWith: .failure) {
    var network = Network(input: Shape(2, 2, 2), parts: 2)
    let part = network.part(0, of: network.input)
    network.output("out", of: network.append(Block("a", [.sigmoid]), to: part))
    _ = try CPUEngine().compile(
      network, batch: 1, for: .training, parameters: Parameters([]), wantsInputGradient: true)
  }
}

@Test func aTensorIsReadAsAWholeOrInParts() async {
  await #expect(processExitsWith: .failure) {
    var network = Network(input: Shape(2, 2, 2), parts: 2)
    network.output("whole", of: network.append(Block("a", [.sigmoid]), to: network.input))
    network.output("part", of: network.part(0, of: network.input))
    _ = try CPUEngine().compile(
      network, batch: 1, for: .training, parameters: Parameters(network.parameters))
  }
}

/// What was taken apart is put together again: the samples come back as they were.
@Test func stackingPartsIsTheInverseOfTakingThem() throws {
  var network = Network(input: Shape(3, 4, 5), parts: 3)
  let parts = (0..<3).map { network.part($0, of: network.input) }
  let whole = network.stack(network.stack(parts[0], parts[1]), parts[2])
  #expect((whole.shape, whole.parts) == (network.input.shape, 3))
  network.output("whole", of: whole)
  let input = random(2 * 3 * 60, seed: 1)
  let made = try CPUEngine().compile(
    network, batch: 2, for: .inference, parameters: Parameters([])
  ).forward(input)
  #expect(made == [input])
}

@Test func samplesOfDifferentShapesAreNotStacked() async {
  await #expect(processExitsWith: .failure) {
    var network = Network(input: Shape(2, 2, 2), parts: 2)
    let wide = network.append(
      Block("a", [.reshape(Shape(4, 2, 1))]), to: network.part(0, of: network.input))
    _ = network.stack(wide, network.part(1, of: network.input))
  }
}
