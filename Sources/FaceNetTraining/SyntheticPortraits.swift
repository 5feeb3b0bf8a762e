import Dispatch
import FaceCore
import Foundation
import Synchronization
import SyntheticFaces

/// Portraits of rendered people: every yaw, in chance light, expression and lens.
package struct SyntheticPortraits: Sendable {
  package var people: Int
  package var portraitsEach: Int
  package var seed: UInt64
  /// Of a picture, in pixels.
  package static let side = 256

  package init(people: Int, portraitsEach: Int, seed: UInt64) {
    (self.people, self.portraitsEach, self.seed) = (people, portraitsEach, seed)
  }

  /// Draws all of them, the same for any number of threads.
  package func rendered(
    threads: Int, progress: @Sendable (Progress) -> Void = { _ in }
  ) -> [Portrait] {
    let made = Mutex([[Portrait]](repeating: [], count: people))
    let done = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for person in stride(from: thread, to: people, by: threads) {
        let portraits = portraits(of: person)
        made.withLock { $0[person] = portraits }
        progress(
          Progress(done: done.wrappingAdd(1, ordering: .relaxed).newValue, total: people))
      }
    }
    return made.withLock { $0.flatMap(\.self) }
  }

  private func portraits(of person: Int) -> [Portrait] {
    let identity = FaceIdentity(name: "\(person)", seed: seed &* 1_000_003 &+ UInt64(person))
    let renderer = FaceRenderer(head: identity, threads: 1)
    var generator = SeededGenerator(seed: seed, stream: UInt64(person))
    return (0..<portraitsEach).map { _ in
      let scene = randomScene(using: &generator)
      let frame = renderer.render(scene)
      return Portrait(
        luma: GrayImage(frame.image),
        alpha: GrayImage(
          width: frame.image.width, height: frame.image.height, bytes: frame.figureMask),
        landmarks: frame.landmarks, visible: frame.visible, pose: scene.pose,
        showsFace: abs(scene.pose.yaw) <= 90 && scene.pose.matrix[8] > -0.25, person: person)
    }
  }

  /// A head that fills about a third of the picture.
  private func randomScene(using generator: inout SeededGenerator) -> Scene {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    func normal(_ deviation: Double, _ limit: Double) -> Double {
      min(limit, max(-limit, generator.nextGaussian() * deviation))
    }
    let kind = uniform(0...1)
    let yaw: Double =
      if kind < 0.04 {
        Double(uniform(125...180)) * (uniform(0...1) < 0.5 ? 1 : -1)
      } else if kind < 0.5 { normal(30, 100) } else { Double(uniform(-98...98)) }
    let pose = Pose(yaw: yaw, pitch: normal(18, 50), roll: normal(8, 25))
    let distance = uniform(40...160)
    let focal = 6.8 * distance * uniform(0.8...1.2)
    let light = SceneLight(
      ambient: grey(uniform(0.08...0.45), uniform(-0.1...0.1)), sky: grey(uniform(0...0.25), 0),
      keyAzimuth: uniform(-110...110), keyElevation: uniform(-25...75),
      keyStrength: uniform(0...1) < 0.15 ? uniform(0...0.15) : uniform(0.2...1.2))
    let wall = uniform(0.02...0.7)
    var scene = Scene(
      pose: pose, position: [uniform(-2...2), uniform(1...6), distance],
      torso: Pose(yaw: Double(uniform(0...0.6)) * yaw, pitch: 0, roll: 0.3 * pose.roll),
      expression: randomExpression(using: &generator), light: light,
      camera: SceneCamera(width: Self.side, height: Self.side, focal: focal),
      backdrop: Backdrop(
        seed: UInt32(truncatingIfNeeded: generator.next()), wall: .init(wall, wall, wall)),
      clothes: Clothes(color: grey(uniform(0.01...0.7), 0)))
    if uniform(0...1) < 0.4 { scene.clothes.stripes = grey(uniform(0.01...0.7), 0) }
    scene.grain = uniform(0...3)
    scene.grainSeed = UInt32(truncatingIfNeeded: generator.next())
    return scene
  }

  private func grey(_ level: Float, _ warmth: Float) -> FaceIdentity.Color {
    .init(level * (1 + warmth), level, level * (1 - warmth))
  }

  private func randomExpression(using generator: inout SeededGenerator) -> FaceExpression {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    var expression = FaceExpression()
    if uniform(0...1) < 0.5 { expression.jawOpen = uniform(0...1) * uniform(0...1) }
    expression.smile = uniform(-0.7...1)
    if uniform(0...1) < 0.4 { expression.pucker = uniform(-0.8...0.9) }
    if uniform(0...1) < 0.25 {
      expression.blinkLeft = uniform(0...1)
      expression.blinkRight = uniform(0...1) < 0.8 ? expression.blinkLeft : uniform(0...1)
    }
    expression.squint = uniform(0...0.8)
    expression.browRaise = uniform(-0.8...1)
    expression.browFurrow = uniform(0...0.8)
    expression.gazeYaw = uniform(-25...25)
    expression.gazePitch = uniform(-15...15)
    return expression
  }
}
