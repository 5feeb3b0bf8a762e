import Foundation
import Networks
import Testing

/// One number at a time, in doubles.
private struct PlainOptimizer {
  let settings: Optimizer.Settings
  var (means, variances): ([Double], [Double])
  var step = 0

  init(_ settings: Optimizer.Settings, count: Int) {
    self.settings = settings
    (means, variances) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
  }

  mutating func update(_ weights: inout [Double], _ gradient: [Double]) {
    step += 1
    let (b1, b2) = (Double(settings.meanDecay), Double(settings.varianceDecay))
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let clip = Double(settings.clip)
    let scale = clip > 0 && length > clip ? clip / length : 1
    for i in weights.indices {
      let g = gradient[i] * scale
      means[i] = b1 * means[i] + (1 - b1) * g
      let spread = settings.rule == .adam ? g : g - means[i]
      variances[i] = b2 * variances[i] + (1 - b2) * spread * spread
      let mean = means[i] / (1 - pow(b1, Double(step)))
      let deviation = (variances[i] / (1 - pow(b2, Double(step)))).squareRoot()
      weights[i] -= Double(settings.learningRate) * mean / (deviation + Double(settings.epsilon))
    }
  }
}

private let entries = [Parameter("w", [501]), Parameter("v", [70_000])]

private func start() -> (parameters: Parameters, gradients: Parameters) {
  let parameters = Parameters(entries)
  for entry in entries { parameters[entry.name] = random(entry.count, seed: 1) }
  return (parameters, Parameters(entries))
}

@Test(arguments: Optimizer.Rule.allCases, [0, 3] as [Float])
func optimizersAgreeWithThePlainVersion(rule: Optimizer.Rule, clip: Float) {
  let settings = Optimizer.Settings(rule: rule, learningRate: 0.01, epsilon: 1e-4, clip: clip)
  let (parameters, gradients) = start()
  let optimizer = Optimizer(parameters, settings: settings)
  var weights = entries.flatMap { parameters[$0.name].map(Double.init) }
  var plain = PlainOptimizer(settings, count: weights.count)
  for step in 0..<5 {
    for entry in entries { gradients[entry.name] = random(entry.count, seed: UInt64(10 + step)) }
    plain.update(&weights, entries.flatMap { gradients[$0.name].map(Double.init) })
    optimizer.update(parameters, gradients: gradients, threads: 2)
  }
  let result = entries.flatMap { parameters[$0.name] }
  let worst = zip(result, weights).map { abs(Double($0) - $1) }.max() ?? 1
  #expect(worst < 2e-5)
}

@Test func aFactorScalesTheStep() {
  func moved(_ factor: Float) -> Float {
    let (parameters, gradients) = start()
    let before = parameters["w"][7]
    gradients["w"] = random(501, seed: 3)
    Optimizer(parameters, settings: .init(learningRate: 0.01))
      .update(parameters, gradients: gradients, factor: factor, threads: 1)
    return parameters["w"][7] - before
  }
  #expect(abs(moved(0.25) / moved(1) - 0.25) < 1e-3)
}

/// Another share of the weights in each step, whatever the number of threads.
@Test func onlyAShareOfTheWeightsMoves() {
  func moves(threads: Int) -> [[Bool]] {
    let (parameters, gradients) = start()
    let optimizer = Optimizer(parameters, settings: .init(learningRate: 0.1, keptShare: 0.3))
    gradients["v"] = [Float](repeating: 1, count: 70_000)
    return (0..<2).map { _ in
      let before = parameters["v"]
      optimizer.update(parameters, gradients: gradients, threads: threads)
      return zip(before, parameters["v"]).map { $0 != $1 }
    }
  }
  let (first, second) = (moves(threads: 1), moves(threads: 2))
  #expect(first == second)
  for step in first {
    #expect(abs(Double(step.count { $0 }) / 70_000 - 0.3) < 0.01)
  }
  let both = zip(first[0], first[1]).count { $0 && $1 }
  #expect(abs(Double(both) / 70_000 - 0.09) < 0.01)
}

@Test func beginningAnewForgetsWhatWasThere() {
  let entries = [Parameter("a.weight", [3, 5]), Parameter("a.bias", [5])]
  let (fresh, used) = (Parameters(entries), Parameters(entries))
  for entry in entries { used[entry.name] = [Float](repeating: .nan, count: entry.count) }
  for parameters in [fresh, used] { parameters.initialize(seed: 4) }
  #expect(used["a.weight"] == fresh["a.weight"] && used["a.bias"] == [0, 0, 0, 0, 0])
}
