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
  private let make: @Sendable () throws(NetworksError) -> Net

  /// With the weights that are part of the program, or those that replace them.
  ///
  /// Throws where they are not this network's.
  public convenience init() throws(AlignError) {
    do throws(NetworksError) {
      try self.init { () throws(NetworksError) in try FaceNetFiles.weights(of: .occlusion) }
    } catch {
      throw AlignError(error)
    }
  }

  /// With the weights that `weights` reads, which are read once for each thread.
  package init(
    weights: @escaping @Sendable () throws(NetworksError) -> Parameters
  ) throws(NetworksError) {
    make = { () throws(NetworksError) in
      let engine = try CPUEngine(threads: 1)
      return Net(
        executable: try engine.compile(
          OcclusionNetwork.network, batch: 1, for: .inference, parameters: try weights()))
    }
    free = Mutex([try make()])
  }

  /// The share of the face that something covers, 0 to 1: of the hull of jaw and brows, as far as the
  /// landmarks know where it is.
  public func share(of landmarks: Landmarks, in picture: GrayImage) -> Double {
    guard landmarks.box.area >= 1 else { return 0 }
    let square = FaceSquare(aligning: landmarks)
    let hull = OcclusionNetwork.hull(
      of: landmarks.mapped(by: square.transform(pixels: OcclusionNetwork.side)))
    let whole = hull.reduce(0, +)
    guard whole > 0 else { return 0 }
    let cover = cover(of: square.picture(of: picture, pixels: OcclusionNetwork.side))
    return Double(zip(hull, cover).reduce(0) { $0 + $1.0 * $1.1 } / whole)
  }

  /// The probability that something is before each cell of an aligned square, row by row.
  package func cover(of square: GrayImage) -> [Float] {
    // Those weights were good once; that they have changed since is no reason to stop.
    guard let net = free.withLock({ $0.popLast() }) ?? (try? make()) else { return [] }
    defer { free.withLock { $0.append(net) } }
    let answer = net.executable.forward(pixelBlocks(of: square, block: OcclusionNetwork.block))[0]
    return answer.map { 1 / (1 + exp(-$0)) }
  }
}
