package import FaceCore

/// How faces are varied in training: one affine map for input and target alike, and a local warp
/// of the input only, which the network learns to undo.
///
/// The default figures are those of DeepFaceLab's loader, and faceswap's are close: turn ±10°,
/// shift ±5 %, zoom ±5 %; local warp by a grid of 2, 4 or 8 cells whose inner nodes move by a
/// Gaussian cut at 2.5 deviations, at most 0.24 of a cell. The formulation is our own.
public struct RandomWarp: Hashable, Sendable, Codable {
  /// Largest turn to either side, in degrees.
  public var rotation: Double = 10
  /// Largest shift along each axis, as a fraction of the side.
  public var translation: Double = 0.05
  /// Largest zoom in or out, as a fraction.
  public var zoom: Double = 0.05
  /// How often a sample that may be mirrored is, 0 to 1.
  public var mirrorProbability: Double = 0.5
  /// Largest move of a node along each axis, as a fraction of a cell; below 0.5 nothing folds.
  public var displacement: Double = 0.24
  /// Cells along a side, one of these at random.
  public var divisions: [Int] = [2, 4, 8]
  public var color = ColorJitter()

  public init() {}

  /// Shows every sample as it is.
  public static var none: RandomWarp {
    var warp = RandomWarp()
    (warp.rotation, warp.translation, warp.zoom) = (0, 0, 0)
    (warp.mirrorProbability, warp.displacement) = (0, 0)
    warp.color = .none
    return warp
  }

  /// Draws what happens to one sample.
  ///
  /// Each sample has a generator of its own, so it may take as many values as it likes.
  package func draw(
    from side: Int, to resolution: Int, mayMirror: Bool,
    using generator: inout some RandomNumberGenerator
  ) -> Draw {
    func within(_ limit: Double) -> Double { .random(in: -1...1, using: &generator) * limit }
    let angle = within(rotation) * .pi / 180
    let factor = 1 + within(zoom)
    let shift = (x: within(translation), y: within(translation))
    let mirrors = Double.random(in: 0..<1, using: &generator) < mirrorProbability && mayMirror
    let half = Double(resolution) / 2
    let fit = AffineTransform.scale(Double(resolution) / Double(side))
    let centered = fit.then(.translation(x: -half, y: -half))
    let flip = AffineTransform(a: mirrors ? -1 : 1, b: 0, tx: 0, c: 0, d: 1, ty: 0)
    let turned = centered.then(flip).then(.rotation(angle)).then(.scale(factor))
    let transform = turned.then(
      .translation(
        x: half + shift.x * Double(resolution), y: half + shift.y * Double(resolution)))
    let cells = divisions.randomElement(using: &generator) ?? 1
    return Draw(
      transform: transform,
      field: DisplacementField(
        cells: cells, resolution: resolution, displacement: displacement, using: &generator),
      gain: color.gain(using: &generator), saturation: color.saturation(using: &generator))
  }

  /// What happens to one sample.
  package struct Draw: Sendable {
    /// Crop pixels to result pixels.
    package var transform: AffineTransform
    package var field: DisplacementField
    package var gain: SIMD3<Float>
    package var saturation: Float
  }
}

/// Small changes of the input's colours: the target keeps its own, so that the encoder learns to
/// ignore them.
public struct ColorJitter: Hashable, Sendable, Codable {
  /// Largest change of brightness, as a fraction.
  public var brightness: Float
  /// Largest change of one channel against the others, as a fraction.
  public var tint: Float
  /// Largest change of saturation, as a fraction.
  public var saturation: Float

  public init(brightness: Float = 0.05, tint: Float = 0.02, saturation: Float = 0.05) {
    (self.brightness, self.tint, self.saturation) = (brightness, tint, saturation)
  }

  public static let none = ColorJitter(brightness: 0, tint: 0, saturation: 0)

  func gain(using generator: inout some RandomNumberGenerator) -> SIMD3<Float> {
    func within(_ limit: Float) -> Float { .random(in: -1...1, using: &generator) * limit }
    let all = 1 + within(brightness)
    return SIMD3(all * (1 + within(tint)), all * (1 + within(tint)), all * (1 + within(tint)))
  }

  func saturation(using generator: inout some RandomNumberGenerator) -> Float {
    1 + .random(in: -1...1, using: &generator) * saturation
  }
}

/// Moves of the nodes of a grid, bilinear between them and zero around the edge.
package struct DisplacementField: Sendable {
  package let cells: Int
  /// In result pixels, `(cells + 1)²`, rows top to bottom.
  package private(set) var nodes: [SIMD2<Float>]
  package let isZero: Bool

  /// Moves nothing.
  static let zero = DisplacementField()

  private init() { (cells, nodes, isZero) = (1, [SIMD2](repeating: .zero, count: 4), true) }

  init(
    cells: Int, resolution: Int, displacement: Double,
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(cells > 0, "a grid has at least one cell")
    self.cells = cells
    isZero = displacement == 0
    nodes = [SIMD2<Float>](repeating: .zero, count: (cells + 1) * (cells + 1))
    let scale = displacement * Double(resolution) / Double(cells) / 2.5
    for row in 1..<max(1, cells) {
      for column in 1..<cells {
        let x = Self.truncatedGaussian(using: &generator) * scale
        let y = Self.truncatedGaussian(using: &generator) * scale
        nodes[row * (cells + 1) + column] = SIMD2(Float(x), Float(y))
      }
    }
  }

  /// Mean 0, deviation 1, nothing beyond 2.5.
  private static func truncatedGaussian(
    using generator: inout some RandomNumberGenerator
  ) -> Double {
    while true {
      let value = generator.nextGaussian()
      if abs(value) <= 2.5 { return value }
    }
  }
}
