import Align
import FaceCore
import FaceNetTraining
import Foundation
import Networks
import Testing

@Suite struct NetRecipeTests {
  /// One step: what is written is a network's weights, and says where they come from.
  @Test(arguments: NetRecipe.Kind.allCases)
  func aRecipeLeavesWeightsThatTheProgramReads(kind: NetRecipe.Kind) throws {
    let folder = temporaryPath()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // A leftover does no harm.
    var recipe = NetRecipe(kind: kind)
    (recipe.people, recipe.portraitsEach, recipe.cache) = (3, 6, "\(folder)/portraits")
    recipe.seed = 3
    var options = NetTrainingOptions()
    (options.batch, options.steps) = (8, 1)
    let output = "\(folder)/weights"
    let rendered = ProgressLog()
    func train() throws {
      try recipe.train(
        options: options, output: output, rendering: { rendered.add($0.done, of: $0.total) },
        report: { _ in })
    }
    try train()
    #expect(Set(rendered.lines) == ["1/3", "2/3", "3/3"])
    let (weights, metadata) = try Safetensors.read(output)
    #expect(metadata["network"] == kind.rawValue && metadata["steps"] == "1")
    #expect(metadata["seed"] == "3" && metadata["data"] == "rendered people")
    let network =
      switch kind {
      case .detector: DetectorNetwork.network(width: 32, height: 32)
      case .landmarks: LandmarkNetwork.network
      case .embedding: EmbeddingNetwork.network
      case .occlusion: OcclusionNetwork.network
      }
    let strangers = [Parameter(NetEmbedding.strangersName, [3, EmbeddingNetwork.count])]
    #expect(
      Set(weights.entries) == Set(network.parameters + (kind == .embedding ? strangers : [])))

    // Again: portraits are those that were kept, the training is over.
    let before = try Data(contentsOf: URL(fileURLWithPath: output))
    try train()
    #expect(rendered.lines.count == 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == before)
  }

  @Test func onePersonCannotBeToldApart() throws {
    var recipe = NetRecipe(kind: .embedding)
    (recipe.people, recipe.portraitsEach) = (1, 4)
    let output = temporaryPath()
    let error = #expect(throws: FileError.self) {
      try recipe.train(
        options: NetTrainingOptions(), output: output, rendering: { _ in }, report: { _ in })
    }
    #expect(error?.description.contains("two people or more") == true)
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
