package import Networks

/// What a run keeps of its discriminator: weights and optimiser.
package final class Discriminator {
  package let network: Network
  package let parameters: Parameters
  package let optimizer: Optimizer

  package init(resolution: Int, settings: Optimizer.Settings) {
    network = DiscriminatorModel.network(resolution: resolution)
    parameters = Parameters(network.parameters)
    optimizer = Optimizer(parameters, settings: settings)
  }

  /// As it is before its first step.
  package func begin(seed: UInt64) {
    // Another seed than the model's, so that no array of the two begins alike.
    parameters.initialize(seed: seed ^ 0xD15C_0000_0000_0001)
    optimizer.means.clear()
    optimizer.variances.clear()
    optimizer.step = 0
  }
}
