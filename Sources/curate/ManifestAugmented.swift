import ArgumentParser
import Catalog
import FaceCore

struct ManifestAugmented: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augmented",
    abstract: "Say what a manifest's variants do, and show them beside their faces.",
    discussion: """
      A manifest may hold changed copies of faces, as numbers, that fill cells which no face fills. \
      Training makes the pictures. --page writes one HTML file that shows some of them: each face as it \
      is, then each variant with the cell it is meant for and what is done to it.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "A manifest's name in the workspace, or its file.")
  var name: String

  @Option(help: "Write a page (HTML) that shows them.")
  var page: String?

  @Option(help: "The folder of its shards, if crops are to be read from there.")
  var crops: String?

  @Option(help: "How many faces of a side to show, spread over all that have variants.")
  var faces = 40

  func validate() throws {
    guard faces > 0 else { throw ValidationError("--faces is more than 0") }
  }

  func run() throws {
    try FacePage.check(page)
    let placed = try PlacedManifest(
      name, shardsIn: crops, workspace: workspace, access: .readOnly, needsCrops: page != nil)
    let sides = Side.allCases.map { VariantSummary(of: placed.manifest, side: $0) }
    if let page {
      try VariantPage(manifest: placed.manifest, crops: placed.crops, faces: faces).write(to: page)
    }
    try output.show(sides) { sides.map(\.text).joined(separator: "\n") }
  }
}

/// What the variants of a side do.
struct VariantSummary: Encodable {
  var side: Side
  /// Faces that are trained on, and those of them that have variants.
  var faces: Int
  var varied: Int
  var variants: Int
  /// The part of all draws that show a variant.
  var share: Double
  /// Variants by what is done to them.
  var operations: [String: Int]
  /// Variants by the cell they are meant for.
  var cells: [String: Int]

  init(of manifest: Manifest, side: Side) {
    let rows = manifest.rows.filter { $0.side == side && $0.split == .train }
    let all = rows.flatMap(\.augmentation.variants)
    self.side = side
    (faces, variants) = (rows.count, all.count)
    varied = rows.count { !$0.augmentation.variants.isEmpty }
    let drawn = all.reduce(0) { $0 + $1.weight }
    let total = rows.reduce(drawn) { $0 + $1.weight }
    share = total > 0 ? (drawn / total).millionths : 0
    operations = Dictionary(all.flatMap(\.operations).map { ($0, 1) }, uniquingKeysWith: +)
    cells = Dictionary(all.map { ($0.cell.name, 1) }, uniquingKeysWith: +)
  }

  var text: String {
    guard variants > 0 else { return "\(side.rawValue)  \(faces) faces, no variants" }
    let counts = operations.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return "\(side.rawValue)  \(faces) faces, \(variants) variants of \(varied) for "
      + "\(cells.count) cells, \((100 * share).text(0)) of 100 draws: \(counts)"
  }
}

extension FaceVariant {
  /// The names of what is done.
  var operations: [String] {
    [
      ("mirror", mirror), ("rotate", rotate != nil), ("relight", relight != nil),
      ("color", color != nil), ("scale", scale != nil), ("blur", blur != nil),
      ("noise", noise != nil), ("jpeg", jpeg != nil),
    ].filter(\.1).map(\.0)
  }

  /// What is done, in words.
  var text: String {
    var parts: [String] = []
    if mirror { parts.append("mirror") }
    if let rotate { parts.append("turn \(rotate.yaw.text(0))/\(rotate.pitch.text(0))°") }
    if let relight { parts.append("light \(relight.bin.rawValue)") }
    if let color {
      parts.append("color " + color.gain.map { $0.text(2) }.joined(separator: " "))
    }
    if let scale { parts.append("scale \(scale.text(2))") }
    if let blur {
      parts.append("blur \(blur.sigma.text(1))" + (blur.length.map { ", \($0.text(1)) px" } ?? ""))
    }
    if let noise { parts.append("noise \(noise.text(1))") }
    if let jpeg { parts.append("JPEG \(jpeg)") }
    return parts.joined(separator: ", ")
  }
}
