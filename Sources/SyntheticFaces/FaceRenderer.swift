public import FaceCore
import Foundation

/// Draws one person (or one head with another's face) in any scene.
///
/// Making one takes a fraction of a second; a frame takes some tens of milliseconds. The same
/// scene gives the same bytes for any number of threads.
public final class FaceRenderer: Sendable {
  /// Whose head, hair, neck and clothes are drawn.
  public let head: FaceIdentity
  /// Whose face is drawn.
  public let face: FaceIdentity
  private let model: HeadModel
  private let threads: Int

  /// `face` puts another person's face on the head: the exact answer of a face swap.
  ///
  /// `tone` says whose skin tone that face then has.
  public init(
    head: FaceIdentity, face: FaceIdentity? = nil, tone: SwapTone = .face, threads: Int = 2
  ) {
    precondition(threads > 0, "drawing takes a thread")
    self.head = head
    self.face = face ?? head
    self.threads = threads
    model = HeadModel(head: head, face: face, tone: tone)
  }

  /// Draws the scene.
  public func render(_ scene: Scene) -> RenderedFrame {
    let posed = PosedHead(model: model, scene: scene)
    let camera = scene.camera
    let screen = ScreenVertices(posed.positions, camera: camera)
    var visibility = Visibility(width: camera.width, height: camera.height)
    draw(screen, into: &visibility)
    let backdrop = BackdropCache.pixels(
      scene.backdrop, width: camera.width, height: camera.height)
    let picture = shade(
      posed, screen: screen, visibility: visibility, backdrop: backdrop, scene: scene)
    let finder = LandmarkFinder(posed: posed, camera: camera)
    return RenderedFrame(
      image: Image(width: camera.width, height: camera.height, bytes: picture.bytes),
      faceMask: picture.mask, figureMask: picture.figure, landmarks: finder.landmarks,
      visible: finder.visible(in: visibility))
  }

  /// The landmarks of the scene, without drawing it.
  public func landmarks(_ scene: Scene) -> Landmarks {
    LandmarkFinder(posed: PosedHead(model: model, scene: scene), camera: scene.camera).landmarks
  }

  /// Where they are in space: camera frame, centimetres.
  ///
  /// Those of the jaw are where the head ends in the picture.
  package func landmarkPlaces(_ scene: Scene) -> [SIMD3<Float>] {
    LandmarkFinder(posed: PosedHead(model: model, scene: scene), camera: scene.camera)
      .places(in: scene.camera)
  }

  /// Runs the work over bands of rows, on this renderer's threads.
  private func overBands(height: Int, _ work: @Sendable (Range<Int>) -> Void) {
    let bands = 8
    let threads = self.threads
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for band in stride(from: thread, to: bands, by: threads) {
        work(band * height / bands..<(band + 1) * height / bands)
      }
    }
  }

  private func draw(_ screen: ScreenVertices, into visibility: inout Visibility) {
    let pattern = HairPattern(model.head)
    let width = visibility.width
    let height = visibility.height
    let model = self.model
    visibility.triangle.withUnsafeMutableBufferPointer { triangle in
      visibility.inverseDepth.withUnsafeMutableBufferPointer { depth in
        guard let triangleBase = triangle.baseAddress, let depthBase = depth.baseAddress
        else { return }  // No pixels.
        nonisolated(unsafe) let (triangle, depth) = (triangleBase, depthBase)
        overBands(height: height) { rows in
          screen.points.withUnsafeBufferPointer { points in
            model.triangles.withUnsafeBufferPointer { triangles in
              model.materials.withUnsafeBufferPointer { materials in
                model.twoSided.withUnsafeBufferPointer { twoSided in
                  model.coordinates.withUnsafeBufferPointer { coordinates in
                    Rasteriser(
                      points: points, triangles: triangles, materials: materials,
                      twoSided: twoSided, coordinates: coordinates, hair: pattern, width: width
                    ).draw(rows: rows, triangle: triangle, inverseDepth: depth)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private func shade(
    _ posed: PosedHead, screen: ScreenVertices, visibility: Visibility, backdrop: [Vector],
    scene: Scene
  ) -> (bytes: [UInt8], mask: [UInt8], figure: [UInt8]) {
    let camera = scene.camera
    var bytes = [UInt8](repeating: 0, count: camera.width * camera.height * 3)
    var mask = [UInt8](repeating: 0, count: camera.width * camera.height)
    var figure = mask
    let resolver = Resolver(
      model: model, posed: posed, screen: screen, visibility: visibility, backdrop: backdrop,
      scene: scene)
    bytes.withUnsafeMutableBufferPointer { bytes in
      mask.withUnsafeMutableBufferPointer { mask in
        figure.withUnsafeMutableBufferPointer { figure in
          guard let bytesBase = bytes.baseAddress, let maskBase = mask.baseAddress,
            let figureBase = figure.baseAddress
          else { return }  // No pixels.
          nonisolated(unsafe) let (bytes, mask, figure) = (bytesBase, maskBase, figureBase)
          overBands(height: camera.height) { rows in
            resolver.resolve(rows: rows, bytes: bytes, mask: mask, figure: figure)
          }
        }
      }
    }
    return (bytes, mask, figure)
  }
}

/// Whose skin tone a face swap's right answer has.
public enum SwapTone: String, Codable, Sendable {
  /// The face's own, blending into the head's at hairline, ears and neck.
  case face
  /// The head's, as after a perfect colour match: features and freckles of one, tone of the other.
  case head
}

/// A drawn frame and what is true of it.
public struct RenderedFrame: Sendable {
  public let image: Image
  /// One byte a pixel: how much of it is the face region that a swap replaces, 0 to 255.
  public let faceMask: [UInt8]
  /// The same for the whole person, hair, neck and clothes included.
  public let figureMask: [UInt8]
  public let landmarks: Landmarks
  /// Whether each landmark is in the picture with nothing before it, of the 68.
  public let visible: [Bool]
}
