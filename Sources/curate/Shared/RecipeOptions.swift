import ArgumentParser
import Foundation

/// The keys of a recipe as options of the command line; what is given goes before the recipe's file.
struct RecipeOptions: ParsableArguments {
  @Option(help: "Query of the face that is put in.")
  var source: String?

  @Option(help: "Query of the footage it is put into.")
  var target: String?

  @Option(help: "Faces of each side, at most (1000).")
  var faces: Int?

  @Option(help: "uniform, sqrt or match: how cells are filled (sqrt).")
  var distribution: Recipe.Distribution?

  @Option(help: "Query whose faces match follows, '' for the target's own (the target's own).")
  var match: String?

  @Option(
    help: "What splits cells further: light, expression, both with a comma, '' for neither (light)."
  )
  var axes: RecipeList<Recipe.Axis>?

  @Option(
    help: "Query every face must meet besides its side's, '' for none (sharpness >= p10).")
  var floors: String?

  @Flag(inversion: .prefixedNo, help: "Of near-duplicates choose only the best (yes).")
  var collapse: Bool?

  @Option(help: "Faces each wanted cell gives before the distribution is looked at (1).")
  var least: Int?

  @Option(help: "Degrees that chosen faces of a cell are apart (as far as the quota allows).")
  var spread: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "Count a face and its mirror image alike, and let the trainer mirror (no).")
  var mirror: Bool?

  @Option(
    help: "What fills cells left short: \(RecipeList<Recipe.Operation>.words), with commas (none).")
  var augment: RecipeList<Recipe.Operation>?

  @Option(help: "Augmented faces made from one, at most (3).")
  var variants: Int?

  @Option(help: "How many times as often as the mean a face may be drawn (4).")
  var limit: Double?

  @Option(help: "Share of a side kept for validation, 0 to 0.5 (0.1).")
  var validation: Double?

  @Option(help: "Decides between equals (1).")
  var seed: UInt64?

  /// Puts what was given into the recipe.
  ///
  /// Ends the command as wrong usage when the recipe then holds what does not do.
  func apply(to recipe: inout Recipe) throws {
    func set<Value>(_ path: WritableKeyPath<Recipe, Value>, _ value: Value?) {
      if let value { recipe[keyPath: path] = value }
    }
    set(\.source, source)
    set(\.target, target)
    set(\.faces, faces)
    set(\.distribution, distribution)
    if let match { recipe.match = RecipeKey.isBlank(match) ? nil : match }
    set(\.axes, axes?.values)
    if let floors { recipe.floors = RecipeKey.isBlank(floors) ? nil : floors }
    set(\.collapse, collapse)
    set(\.least, least)
    if let spread { recipe.spread = spread }
    set(\.mirror, mirror)
    set(\.augment, augment?.values)
    set(\.variants, variants)
    set(\.limit, limit)
    set(\.validation, validation)
    set(\.seed, seed)
    if let fault = recipe.fault {
      warn("Error: --\(fault.key) \(fault.reason)")
      throw ExitCode.usage
    }
  }
}

/// Words with commas between them.
struct RecipeList<Value: RawRepresentable<String> & CaseIterable>: ExpressibleByArgument {
  let values: [Value]

  static var words: String { Value.allCases.map(\.rawValue).joined(separator: ", ") }

  init?(argument: String) {
    let words = argument.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let values = words.compactMap { Value(rawValue: $0) }
    guard values.count == words.count else { return nil }
    self.values = values
  }
}

extension Recipe.Distribution: ExpressibleByArgument {}
