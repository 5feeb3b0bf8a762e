public import FaceCore
import Foundation

extension HeadShape {
  /// The shape that explains a person's faces best, and the perspective of each camera that took them.
  ///
  /// Shape, perspective and every pose are fitted together by Gauss and Newton's method, each face's
  /// pose eliminated (Schur's complement), each landmark weighed by how far it is off (Cauchy's
  /// weights), for mouths and brows move. A shape is as likely as people have it (the modes'
  /// deviations), so few or similar faces change little. `cameras` says which camera took each face, from
  /// 0; traps unless each face has one. Returns one shape a camera, which differ in perspective alone.
  public static func fitted(
    to faces: [Landmarks], cameras: [Int], cameraCount: Int = 1
  ) -> [HeadShape] {
    precondition(faces.count == cameras.count, "each face has a camera")
    precondition(cameras.allSatisfy { (0..<cameraCount).contains($0) }, "cameras count from 0")
    var problem = ShapeProblem(faces: faces, cameras: cameras, cameraCount: cameraCount)
    for _ in 0..<12 where problem.step() > 1e-4 {}
    return problem.shapes
  }
}

/// The state of the common fit.
private struct ShapeProblem {
  private var fits: [HeadFit]
  private let cameras: [Int]
  private(set) var shapes: [HeadShape]

  /// How far a landmark is off, in head units, when nothing is wrong with it.
  private static let spread = 1.0
  /// A camera is as near as this, in head units, at one deviation.
  private static let nearness = 600.0

  init(faces: [Landmarks], cameras: [Int], cameraCount: Int) {
    self.cameras = cameras
    shapes = [HeadShape](repeating: .mean, count: cameraCount)
    fits = faces.map {
      var fit = HeadFit($0, head: HeadModel.points, perspective: 0)
      fit.refine()
      return fit
    }
  }

  private var modeCount: Int { headModes.count }

  /// One step; returns by how much the weights changed.
  mutating func step() -> Double {
    let size = modeCount + shapes.count
    var total = SymmetricSystem(count: size)
    // What is known of people and of cameras.
    for mode in 0..<modeCount {
      total.add(unknown: mode, value: -shapes[0].weights[mode], weight: 1)
    }
    for camera in shapes.indices {
      let pixels = scale(of: camera) * Self.nearness
      total.add(
        unknown: modeCount + camera, value: -shapes[camera].perspective * pixels, weight: 1)
    }
    for (index, fit) in fits.enumerated() {
      let pixels = scale(of: cameras[index]) * Self.nearness
      let system = fit.shapeSystem(
        modes: headModes, camera: modeCount + cameras[index], unknowns: size,
        perspectiveUnit: 1 / pixels, spread: Self.spread)
      total.add(system.reduced(without: 6))
    }
    let change = total.solution()
    let weights = zip(shapes[0].weights, change).map { $0 + $1 }
    shapes = shapes.indices.map { camera in
      let unit = 1 / (scale(of: camera) * Self.nearness)
      return HeadShape(
        weights: weights,
        perspective: max(0, shapes[camera].perspective + change[modeCount + camera] * unit))
    }
    let moved = shapes[0].points
    for index in fits.indices {
      fits[index].replace(head: moved, perspective: shapes[cameras[index]].perspective)
      fits[index].refine(steps: 3)
      fits[index].reweigh()
    }
    return change.reduce(0) { max($0, abs($1)) }
  }

  /// Pixels a head unit of a camera's faces, their median.
  private func scale(of camera: Int) -> Double {
    let scales = fits.indices.filter { cameras[$0] == camera }.map { fits[$0].scale }.sorted()
    return scales.isEmpty ? 1 : scales[scales.count / 2]
  }
}
