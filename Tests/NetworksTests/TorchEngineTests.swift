import Foundation
import Networks
import TestSupport
import Testing

/// PyTorch and the CPU engine, given the same graph, weights and inputs.
@Suite(.enabled(if: TorchPlugin.built.isThere, "no PyTorch engine here: make engine TORCH=…"))
struct TorchEngineTests {
  /// Two parts, branches, sums, joins, every layer.
  private static var branched: Network {
    var network = Network(input: Shape(3, 16, 16), parts: 2)
    let code = network.append(
      Block(
        "encoder",
        [
          .convolution(channels: 16, kernel: 5, stride: 2), .leakyReLU(0.1),
          .convolution(channels: 32, kernel: 5, stride: 2), .leakyReLU(0.1), .dense(24),
          .dense(16 * 2 * 2), .reshape(Shape(16, 2, 2)),
          .convolution(channels: 64, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        ]), to: network.input)
    for (side, name) in ["a", "b"].enumerated() {
      let part = network.part(side, of: code)
      let added = network.append(
        Block("\(name).residual", [.convolution(channels: 16, kernel: 3), .leakyReLU(0.2)]),
        to: part)
      let joined = network.concatenate(network.sum(added, part), added)
      network.output(
        name,
        of: network.append(
          Block(
            name,
            [.convolution(channels: 12, kernel: 3), .pixelShuffle(2), .leakyReLU(0.1), .sigmoid]),
          to: joined))
    }
    return network
  }

  /// Codes that are normalised, joined and stacked, and go through one decoder.
  private static var stacked: Network {
    var network = Network(input: Shape(3, 8, 8), parts: 2)
    let seen = network.append(
      Block(
        "encoder",
        [.convolution(channels: 16, kernel: 5, stride: 2), .leakyReLU(0.1), .rmsNorm(epsilon: 0.1)]),
      to: network.input)
    let (first, second) = (network.part(0, of: seen), network.part(1, of: seen))
    let both = network.append(
      Block("shared", [.convolution(channels: 6, kernel: 3)]), to: network.stack(first, second))
    let own = network.append(Block("own", [.convolution(channels: 6, kernel: 3)]), to: second)
    let (left, right) = (network.part(0, of: both), network.part(1, of: both))
    let made = network.append(
      Block("decoder", [.convolution(channels: 12, kernel: 3), .pixelShuffle(2), .sigmoid]),
      to: network.stack(network.concatenate(left, left), network.concatenate(own, right)))
    network.output("a", of: network.part(0, of: made))
    network.output("b", of: network.part(1, of: made))
    return network
  }

  /// Pixels made of a sum, and of a layer without a rectifier.
  private static var summed: Network {
    var network = Network(input: Shape(3, 8, 8))
    let convolution = Layer.convolution(channels: 32, kernel: 3)
    let (first, second) = (
      network.append(Block("first", [convolution]), to: network.input),
      network.append(Block("second", [convolution]), to: network.input)
    )
    let made = network.append(
      Block("made", [.leakyReLU(0.1), .pixelShuffle(2)]), to: network.sum(second, first))
    network.output(
      "a", of: network.append(Block("end", [convolution, .pixelShuffle(2)]), to: made))
    return network
  }

  private func relative(_ values: [Float], to expected: [Float]) -> Double {
    let error = zip(values, expected).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (error / expected.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot()
  }

  @Test(arguments: cases.map(\.network) + [branched, stacked, summed], TorchPlugin.all)
  func outputsAndGradientsAreThoseOfTheCPUEngine(network: Network, plugin: TorchPlugin) throws {
    let engine = try plugin.open()
    let parameters = initialized(network, seed: 11)
    let input = random(2 * network.input.parts * network.input.shape.count, seed: 12)
    let ours = try CPUEngine().compile(
      network, batch: 2, for: .training, parameters: parameters)
    let theirs = try engine.compile(network, parameters: parameters)
    let expected = ours.forward(input)
    let found = try theirs.forward(input, batch: 2, trains: true)
    #expect(found.count == expected.count)
    for (output, other) in zip(found, expected) {
      #expect(output.count == other.count && relative(output, to: other) < 2e-6)
    }
    let weighing = expected.map { random($0.count, seed: 13) }
    ours.backward(weighing)
    try theirs.backward(weighing)
    let (gradients, others) = (try theirs.gradients(), try #require(ours.gradients))
    for parameter in network.parameters {
      #expect(
        relative(gradients[parameter.name], to: others[parameter.name]) < 1e-5,
        "\(parameter.name)")
    }
  }

  @Test(arguments: TorchPlugin.all)
  func bfloat16IsNearAndNotTheSame(plugin: TorchPlugin) throws {
    let half = try plugin.open(halfPrecision: true)
    let network = Self.branched
    let parameters = initialized(network, seed: 11)
    let input = random(4 * network.input.shape.count, seed: 12)
    let full = try plugin.open().compile(network, parameters: parameters)
      .forward(input, batch: 2)
    let coarse = try half.compile(network, parameters: parameters).forward(input, batch: 2)
    for (output, expected) in zip(coarse, full) {
      let error = relative(output, to: expected)
      #expect(error > 1e-5 && error < 0.02)
    }
  }

  @Test(arguments: Optimizer.Rule.allCases, TorchPlugin.all)
  func weightsMoveAsByTheCPUEngine(rule: Optimizer.Rule, plugin: TorchPlugin) throws {
    for clip: Float in [0, 0.01] { try compareSteps(plugin.open(), rule: rule, clip: clip) }
  }

  private func compareSteps(_ engine: TorchEngine, rule: Optimizer.Rule, clip: Float) throws {
    let network = Self.branched
    let parameters = initialized(network, seed: 21)
    let theirs = try engine.compile(network, parameters: parameters)
    let ours = try CPUEngine().compile(network, batch: 1, for: .training, parameters: parameters)
    let settings = Optimizer.Settings(rule: rule, learningRate: 1e-2, clip: clip)
    let optimizer = Optimizer(parameters, settings: settings)
    let other = Optimizer(parameters, settings: settings)
    try theirs.load(parameters, other)
    for step in 0..<3 {
      let input = random(2 * network.input.shape.count, seed: UInt64(30 + step))
      let outputs = ours.forward(input)
      ours.backward(outputs)
      optimizer.update(
        parameters, gradients: try #require(ours.gradients), factor: 0.5, threads: 2)
      _ = try theirs.forward(input, batch: 1, trains: true)
      try theirs.backward(outputs)
      try theirs.update(other, factor: 0.5)
    }
    let moved = Parameters(network.parameters)
    try theirs.fetch(moved, other)
    #expect(other.step == 3)
    for parameter in network.parameters {
      #expect(relative(moved[parameter.name], to: parameters[parameter.name]) < 1e-4)
      #expect(
        relative(other.means[parameter.name], to: optimizer.means[parameter.name]) < 1e-3,
        "\(parameter.name)")
    }
  }

  @Test(arguments: TorchPlugin.all)
  func aShareOfTheWeightsMoves(plugin: TorchPlugin) throws {
    let network = Self.branched
    let parameters = initialized(network, seed: 31)
    let executable = try plugin.open().compile(network, parameters: parameters)
    let optimizer = Optimizer(parameters, settings: .init(learningRate: 1e-2, keptShare: 0.25))
    try executable.load(parameters, optimizer)
    let input = random(2 * network.input.shape.count, seed: 32)
    try executable.backward(executable.forward(input, batch: 1, trains: true))
    try executable.update(optimizer, factor: 1)
    let moved = Parameters(network.parameters)
    try executable.fetch(moved, optimizer)
    let name = "encoder.2.weight"
    let changed = zip(moved[name], parameters[name]).count { $0 != $1 }
    #expect(abs(Double(changed) / Double(moved[name].count) - 0.25) < 0.03)
  }

  @Test(arguments: ["cuda:999", "cuda:x", "gpu", ""])
  func aDeviceThatIsNotThereIsRefused(device: String) {
    let error = #expect(throws: NetworksError.self) {
      try TorchEngine(
        plugin: TorchPlugin.built.path, settings: TorchEngine.Settings(device: device))
    }
    #expect(error?.subject == "device \(device)")
  }
}

/// What is said where there is no engine.
@Suite struct TorchEngineRefusalTests {
  @Test func aMissingEngineSaysWhatToBuild() {
    let error = #expect(throws: NetworksError.self) { try TorchEngine(plugin: "/nowhere/it.so") }
    #expect(
      error?.description
        == "engine torch: /nowhere/it.so is not there; build it with: make engine TORCH=…")
  }

  @Test func aLibraryThatIsNoEngineIsRefused() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data("no library".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }  // A leftover does no harm.
    let error = #expect(throws: NetworksError.self) { try TorchEngine(plugin: file.path) }
    #expect(error?.code == .engineUnavailable)
    #expect(error?.reason.contains("make engine TORCH=") == true)
  }

  @Test(
    arguments: [
      ([:], nil),
      (["RANK": "1", "WORLD_SIZE": "2"], nil),
      (
        [
          "RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "7", "LOCAL_RANK": "1",
        ],
        TorchGroup.Place(
          rank: 1, size: 2, host: "a", port: 7, prefix: "curate/0", serves: false, localRank: 1)
      ),
      (
        ["SLURM_PROCID": "0", "SLURM_NTASKS": "3", "MASTER_ADDR": "a"],
        TorchGroup.Place(rank: 0, size: 3, host: "a", prefix: "curate/0", serves: true)
      ),
      (
        [
          "RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a",
          "TORCHELASTIC_USE_AGENT_STORE": "True",
          "TORCHELASTIC_RESTART_COUNT": "3",
        ], TorchGroup.Place(rank: 0, size: 2, host: "a", prefix: "curate/3", serves: false)
      ),
    ] as [([String: String], TorchGroup.Place?)])
  func theEnvironmentSaysWhereAProcessStands(
    environment: [String: String], place: TorchGroup.Place?
  ) throws {
    #expect(try TorchGroup.Place(environment: environment) == place)
  }

  @Test(arguments: [["RANK": "2"], ["RANK": "x"], [:]])
  func aRankThatCannotBeIsRefused(more: [String: String]) {
    var environment = ["WORLD_SIZE": "2", "MASTER_ADDR": "a"]
    environment.merge(more) { $1 }
    #expect(throws: NetworksError.self) { try TorchGroup.Place(environment: environment) }
  }
}
