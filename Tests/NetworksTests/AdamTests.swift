import Networks
import Testing

@Test func adamsFirstStepMovesEveryWeightByTheLearningRate() {
  let parameters = Parameters([Parameter("w", [3])])
  let gradients = Parameters([Parameter("w", [3])])
  parameters["w"] = [1, 2, 3]
  gradients["w"] = [0.5, -20, 0]
  let adam = Adam(parameters, settings: .init(learningRate: 0.1, epsilon: 0))
  gradients["w"] = [0.5, -20, 1e-3]
  adam.update(parameters, gradients: gradients, threads: 1)
  let moved = parameters["w"]
  for (value, expected) in zip(moved, [0.9, 2.1, 2.9] as [Float]) {
    #expect(abs(value - expected) < 1e-5)
  }
}
