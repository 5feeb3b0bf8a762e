public import FaceCore
import Foundation
package import Networks
import Synchronization

/// Says how much of a face is hidden behind something, with the built-in network.
///
/// Any number of threads may share one.
public final class OcclusionMeter: Sendable {
  /// The network of one thread at a time: the list of the free ones sees to that.
  private struct Net: @unchecked Sendable {
    let executable: Executable
  }

  private let free: Mutex<[Net]>
  /// What nets are made of; read by one at a time.
  private let weights: Mutex<Parameters>
  /// A face of which less is in the picture tells nothing.
  private static let leastSeen: Float = 0.5

  /// With the weights that are part of the program, or those that replace them.
  ///
  /// Throws where they are not this network's.
  public convenience init() throws(AlignError) {
    do throws(NetworksError) {
      try self.init(weights: try FaceNetFiles.weights(of: .occlusion))
    } catch {
      throw AlignError(error)
    }
  }

  package init(weights: sending Parameters) throws(NetworksError) {
    free = Mutex([try Self.net(of: weights.copy())])
    self.weights = Mutex(weights)
  }

  private static func net(of weights: Parameters) throws(NetworksError) -> Net {
    let engine = try CPUEngine(threads: 1)
    return Net(
      executable: try engine.compile(
        OcclusionNetwork.network, batch: 1, for: .inference, parameters: weights))
  }

  /// The share of the face that something covers, 0 to 1: of the hull of jaw and brows, as far as the
  /// landmarks know where it is and the picture shows it; nil where it shows less than half.
  ///
  /// `shows` says of a place in pixels of the picture whether the frame reaches there.
  public func share(
    of landmarks: Landmarks, in picture: GrayImage, where shows: (Point) -> Bool = { _ in true }
  ) -> Double? {
    guard landmarks.box.area >= 1 else { return nil }
    let square = FaceSquare(aligning: landmarks)
    let map = square.transform(pixels: OcclusionNetwork.side)
    let hull = OcclusionNetwork.hull(of: landmarks.mapped(by: map))
    let inside = Box(x: 0, y: 0, width: Float(picture.width), height: Float(picture.height))
    let back = map.inverse
    let seen = hull.enumerated().map { cell, part -> Float in
      guard part > 0 else { return 0 }
      let place = back.apply(OcclusionNetwork.center(ofCell: cell))
      return inside.contains(place) && shows(place) ? part : 0
    }
    let whole = seen.reduce(0, +)
    guard whole > 0, whole >= Self.leastSeen * hull.reduce(0, +),
      let cover = cover(of: square.picture(of: picture, pixels: OcclusionNetwork.side))
    else { return nil }
    let covered = zip(seen, cover).reduce(Float(0)) { sum, cell in sum + cell.0 * cell.1 }
    return Double(covered / whole)
  }

  /// The probability that something is before each cell of an aligned square, row by row; nil where there
  /// is no memory for another network.
  private func cover(of square: GrayImage) -> [Float]? {
    let known = free.withLock { $0.popLast() }
    guard let net = known ?? (try? Self.net(of: weights.withLock { $0.copy() })) else { return nil }
    defer { free.withLock { $0.append(net) } }
    let blocks = pixelBlocks(of: square, block: OcclusionNetwork.block)
    return net.executable.forward(blocks)[0].map { 1 / (1 + exp(-$0)) }
  }
}
