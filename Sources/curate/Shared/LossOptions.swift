import ArgumentParser
import Trainer

/// What counts as an error while `train` learns; what is not typed stays as it is.
struct LossOptions: ParsableArguments {
  @Option(help: "What a pixel of eyes or mouth counts beyond one of the cheek. (default: 2)")
  var detailWeight: Float?

  @Option(help: "What a pixel around the face counts, 0 to 1. (default: 0.1)")
  var backgroundWeight: Float?

  @Option(help: "What the mask counts, where the model has one. (default: 10)")
  var maskWeight: Float?

  @Option(help: "What the mean difference of pixels counts; 0 for off. (default: 1)")
  var absoluteWeight: Float?

  @Option(help: "What structure, by SSIM, counts; 0 for off. (default: 1)")
  var structureWeight: Float?

  @Option(help: "What a tint of the whole face counts; 0 for off. (default: 0)")
  var colorWeight: Float?

  @Option(
    help: """
      For the last phase: what a network that tells faces from answers counts, such as 0.1; 0 for \
      off. (default: 0)
      """)
  var discriminator: Float?

  @Option(help: "Steps before the discriminator begins. (default: 0)")
  var discriminatorFrom: Int?

  func validate() throws {
    let weights = [
      discriminator, detailWeight, maskWeight, absoluteWeight, structureWeight, colorWeight,
    ]
    guard discriminatorFrom ?? 0 >= 0 else { throw ValidationError("steps are 0 or more") }
    guard weights.allSatisfy({ ($0 ?? 0) >= 0 && ($0 ?? 0).isFinite }) else {
      throw ValidationError("weights are 0 or more")
    }
    guard (0...1).contains(backgroundWeight ?? 0) else {
      throw ValidationError("--background-weight is from 0 to 1")
    }
  }

  func apply(to configuration: inout TrainingConfiguration) {
    if let detailWeight { configuration.detailWeight = detailWeight }
    if let backgroundWeight { configuration.outsideWeight = backgroundWeight }
    if let maskWeight { configuration.maskWeight = maskWeight }
    if let absoluteWeight { configuration.losses.setWeight(absoluteWeight, of: .absolute) }
    if let structureWeight { configuration.losses.setWeight(structureWeight, of: .dissimilarity) }
    if let discriminator { configuration.discriminatorWeight = discriminator }
    if let discriminatorFrom { configuration.discriminatorStart = discriminatorFrom }
    if let colorWeight { configuration.losses.setWeight(colorWeight, of: .color) }
  }
}
