import Augment
import FaceCore
import Testing

/// The laws of a plan, on faces whose landmarks are the mean head's.
@Suite struct AugmentationPlanTests {
  typealias Face = AugmentationPlan.Face

  private static func face(
    _ id: String, yaw: Double, pitch: Double = 0, light: Light? = nil, quality: Double = 1,
    video: String = "v", weight: Double = 1, expression: ExpressionBin? = .mouthClosed
  ) -> Face {
    let pose = Pose(yaw: yaw, pitch: pitch, roll: 2)
    return Face(
      id: id, video: video, expression: expression, pose: pose, light: light,
      landmarks: HeadModel.landmarks(pose: pose, scale: 1.1, center: Point(x: 128, y: 100)),
      cropSize: 256, quality: quality, weight: weight)
  }

  /// Faces of several videos, as footage has them: most near frontal.
  private static func pool(_ count: Int, seed: UInt64, videos: Int = 6) -> [Face] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      func within(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
      let (contrast, angle) = (within(0...0.6), within(-3...3))
      let light = Light(
        harmonics: [
          0.8, Float(0.8 * contrast * angle / 3), -0.2,
          Float(0.8 * contrast * (1 - abs(angle) / 3)),
          0, 0, 0, 0, 0,
        ])
      return face(
        "f\(index)", yaw: 25 * generator.nextGaussian(), pitch: 10 * generator.nextGaussian(),
        light: within(0...1) < 0.9 ? light : nil, quality: within(0...1),
        video: "v\(Int(within(0...Double(videos) - 0.01)))", weight: within(0.3...2),
        expression: ExpressionBin.allCases[Int(within(0...3.9))])
    }
  }

  /// Cells around those that faces are in, short by something.
  private static func shortage(_ faces: [Face], seed: UInt64) -> [FaceCell: Int] {
    var generator = SeededGenerator(seed: seed)
    var short: [FaceCell: Int] = [:]
    for pose in PoseCell.all {
      short[FaceCell(pose)] = Int.random(in: 0...6, using: &generator)
      let light = LightBin.allCases[Int.random(in: 0..<17, using: &generator)]
      short[FaceCell(pose, light: light)] = Int.random(in: 0...4, using: &generator)
      short[FaceCell(pose, light: .flat, expression: .mouthOpen)] = 2
    }
    return short
  }

  private func cell(_ face: Face, after variant: FaceVariant) -> FaceCell {
    var (pose, light) = (face.pose, face.light)
    if variant.mirror { (pose, light) = (pose.mirrored, light?.mirrored) }
    if let turn = variant.rotate { pose = pose.turned(by: turn) }
    return FaceCell(
      PoseCell(yaw: pose.yaw, pitch: pose.pitch), light: (variant.relight ?? light)?.bin,
      expression: face.expression)
  }

  private func reaches(_ goal: FaceCell, _ cell: FaceCell) -> Bool {
    goal.pose == cell.pose && (goal.light == nil || goal.light == cell.light)
      && (goal.expression == nil || goal.expression == cell.expression)
  }

  @Test(arguments: [false, true])
  func everyVariantLiesInTheCellItClaimsAndNoFaceHasTooMany(isFolded: Bool) {
    let faces = Self.pool(200, seed: 1)
    let byID = Dictionary(uniqueKeysWithValues: faces.map { ($0.id, $0) })
    var rules = AugmentationPlan.Rules()
    rules.isFolded = isFolded
    var short = Self.shortage(faces, seed: 2)
    if isFolded { short = short.filter { $0.key == $0.key.folded } }
    let plan = AugmentationPlan(of: faces, filling: short, rules: rules)
    var made: [FaceCell: Int] = [:]
    for (id, variants) in plan.variants {
      guard let face = byID[id] else { continue }
      #expect((1...3).contains(variants.count))
      #expect(face.weight + variants.reduce(0) { $0 + $1.weight } <= rules.limit + 1e-9)
      for (index, variant) in variants.enumerated() {
        made[variant.cell, default: 0] += 1
        let end = cell(face, after: variant)
        #expect(
          reaches(variant.cell, end) || isFolded && reaches(variant.cell.mirrored, end),
          "\(id) \(variant)")
        #expect(!isFolded || !variant.mirror)
        #expect(!variants[..<index].contains { $0.shows(variant) })
        #expect(variant.rotate.map { $0.yaw * $0.yaw + $0.pitch * $0.pitch <= 225.01 } ?? true)
      }
    }
    #expect(made.values.reduce(0, +) > 100)
    for (cell, lacking) in short {
      #expect(made[cell, default: 0] + plan.short[cell, default: 0] == lacking)
    }
  }

  @Test func theOrderOfFacesChangesNothing() {
    let faces = Self.pool(120, seed: 3)
    let short = Self.shortage(faces, seed: 4)
    let plan = AugmentationPlan(of: faces, filling: short)
    let other = AugmentationPlan(of: faces.reversed(), filling: short)
    #expect(plan.variants == other.variants && plan.short == other.short)
    var rules = AugmentationPlan.Rules()
    rules.seed = 1
    #expect(AugmentationPlan(of: faces, filling: short, rules: rules).variants != plan.variants)
  }

  @Test func theMirroredFacesHaveTheMirroredPlan() {
    let faces = Self.pool(120, seed: 5)
    let short = Self.shortage(faces, seed: 6)
    let mirrored = faces.map { face in
      var copy = face
      (copy.pose, copy.light) = (face.pose.mirrored, face.light?.mirrored)
      copy.landmarks = face.landmarks.mirrored(width: 256)
      return copy
    }
    let plan = AugmentationPlan(of: faces, filling: short)
    let other = AugmentationPlan(
      of: mirrored,
      filling: Dictionary(uniqueKeysWithValues: short.map { ($0.key.mirrored, $0.value) }))
    #expect(plan.variants.keys.sorted() == other.variants.keys.sorted())
    for (id, variants) in plan.variants {
      let images = other.variants[id] ?? []
      #expect(variants.count == images.count)
      for (variant, image) in zip(variants, images) {
        #expect(image.cell == variant.cell.mirrored && image.mirror == variant.mirror)
        #expect(abs((image.rotate?.yaw ?? 0) + (variant.rotate?.yaw ?? 0)) < 2e-4)
        #expect(abs((image.rotate?.pitch ?? 0) - (variant.rotate?.pitch ?? 0)) < 2e-4)
        #expect(image.blur == variant.blur && image.color == variant.color)
        #expect(abs(image.weight - variant.weight) < 2e-4)
      }
    }
  }

  /// A cell that lacks a hundred faces and can be reached from one alone.
  @Test func aSingleFaceIsNotRepeatedOverAndOver() throws {
    let lone = Self.face("a", yaw: 22)
    let goal = FaceCell(PoseCell(yaw: 6, pitch: 2))
    let plan = AugmentationPlan(of: [lone], filling: [goal: 100])
    let variants = try #require(plan.variants["a"])
    #expect(variants.count == 3)
    #expect(variants.reduce(1) { $0 + $1.weight } <= 4)
    #expect(plan.short == [goal: 97])
    var rules = AugmentationPlan.Rules()
    (rules.temperature, rules.limit) = (0, 100)
    let cool = try #require(
      AugmentationPlan(of: [lone], filling: [goal: 100], rules: rules).variants["a"])
    #expect(cool.map(\.weight) == [1, 1, 1])
    rules.temperature = 1
    let hot = try #require(
      AugmentationPlan(of: [lone], filling: [goal: 100], rules: rules).variants["a"])
    #expect(abs(hot.reduce(0) { $0 + $1.weight } - 99) < 0.01)
  }

  @Test func aMirrorComesBeforeATurnAndTheBestFaceFirst() throws {
    let faces = [
      Self.face("mirror", yaw: -40, quality: 0.1), Self.face("turn", yaw: 26, quality: 9),
    ]
    let goal = FaceCell(PoseCell(yaw: 6, pitch: 2))
    let plan = AugmentationPlan(of: faces, filling: [goal: 1])
    #expect(plan.variants.keys.sorted() == ["mirror"])
    #expect(plan.variants["mirror"]?.first?.rotate == nil)
    let pair = [
      Self.face("worse", yaw: 26, quality: 1), Self.face("better", yaw: 26, quality: 2),
    ]
    #expect(AugmentationPlan(of: pair, filling: [goal: 1]).variants.keys.sorted() == ["better"])
  }

  @Test func variantsAreSpreadOverFacesAndVideos() {
    let goal = FaceCell(PoseCell(yaw: 6, pitch: 2))
    let faces = (0..<12).map {
      Self.face("f\($0)", yaw: 25, quality: Double($0), video: $0 < 9 ? "long" : "v\($0)")
    }
    let plan = AugmentationPlan(of: faces, filling: [goal: 8])
    #expect(plan.variants.values.allSatisfy { $0.count <= 2 })
    #expect(plan.variants.count >= 6)
    #expect(Set(["f9", "f10", "f11"]).isSubset(of: plan.variants.keys))
  }

  @Test func aTurnTowardTheHiddenSideIsRefused() {
    let away = AugmentationPlan(
      of: [Self.face("a", yaw: 45)], filling: [FaceCell(PoseCell(yaw: 7, pitch: 2)): 1])
    #expect(away.variants.count == 1)
    let toward = FaceCell(PoseCell(yaw: 5, pitch: 2))
    let plan = AugmentationPlan(of: [Self.face("a", yaw: 36)], filling: [toward: 1])
    #expect(plan.variants.isEmpty && plan.short == [toward: 1])
  }

  @Test func whatIsNotAllowedIsNotDone() {
    let faces = Self.pool(120, seed: 7)
    let short = Self.shortage(faces, seed: 8)
    for operation in AugmentationPlan.Operation.allCases {
      var rules = AugmentationPlan.Rules()
      rules.operations.remove(operation)
      let all = AugmentationPlan(of: faces, filling: short, rules: rules).variants.values.joined()
      #expect(!all.isEmpty)
      for variant in all {
        let done: [AugmentationPlan.Operation: Bool] = [
          .mirror: variant.mirror, .rotate: variant.rotate != nil,
          .relight: variant.relight != nil, .color: variant.color != nil,
          .scale: variant.scale != nil, .blur: variant.blur != nil, .noise: variant.noise != nil,
          .jpeg: variant.jpeg != nil,
        ]
        #expect(done[operation] == false)
      }
    }
    var none = AugmentationPlan.Rules()
    none.operations = []
    let plan = AugmentationPlan(of: faces, filling: short, rules: none)
    #expect(plan.variants.isEmpty && plan.short == short.filter { $0.value > 0 })
  }

  @Test func noLightIsMadeUpAndNoExpression() {
    let goal = FaceCell(PoseCell(yaw: 4, pitch: 2), light: .leftSoft)
    let dark = Self.face("a", yaw: 0)
    #expect(AugmentationPlan(of: [dark], filling: [goal: 1]).variants.isEmpty)
    let flat = Self.face("b", yaw: 0, light: Light(harmonics: [0.8, 0, -0.2, 0, 0, 0, 0, 0, 0]))
    #expect(AugmentationPlan(of: [dark, flat], filling: [goal: 1]).variants.keys.sorted() == ["b"])
    var hard = goal
    hard.light = .leftHard
    #expect(AugmentationPlan(of: [flat], filling: [hard: 1]).variants.isEmpty)
    let open = FaceCell(PoseCell(yaw: 5, pitch: 2), expression: .mouthOpen)
    #expect(AugmentationPlan(of: [Self.face("c", yaw: 8)], filling: [open: 1]).variants.isEmpty)
  }

  @Test func aFaceThatIsDrawnOftenEnoughGetsNoVariant() {
    let goal = FaceCell(PoseCell(yaw: 6, pitch: 2))
    let plan = AugmentationPlan(of: [Self.face("a", yaw: 25, weight: 4)], filling: [goal: 1])
    #expect(plan.variants.isEmpty && plan.short == [goal: 1])
  }
}
