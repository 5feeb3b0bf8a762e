internal import CKernels
internal import Foundation

/// A Gaussian window moved over a plane, without a border: the result is `taps − 1` smaller on
/// each axis.
public struct GaussianFilter: Hashable, Sendable {
  public let weights: [Float]

  /// `taps` numbers across, `deviation` of the bell in the same unit.
  public init(taps: Int, deviation: Float) {
    precondition(taps > 0 && deviation > 0)
    let bell = (0..<taps).map { tap in
      let distance = (Double(tap) - Double(taps - 1) / 2) / Double(deviation)
      return exp(-distance * distance / 2)
    }
    let sum = bell.reduce(0, +)
    weights = bell.map { Float($0 / sum) }
  }

  public var taps: Int { weights.count }

  /// The weighted mean at each place: `[height][width]` to `[height − taps + 1][width − taps + 1]`.
  public func means(of plane: [Float], height: Int, width: Int) -> [Float] {
    precondition(plane.count == height * width && min(height, width) >= taps)
    let across = width - taps + 1
    let rows = array(height * across) { to in
      kernels_filter_rows(plane, Int32(height), Int32(width), weights, Int32(taps), to)
    }
    return array((height - taps + 1) * across) { to in
      kernels_filter_columns(rows, Int32(height), Int32(across), weights, Int32(taps), to)
    }
  }

  /// The adjoint of `means`: hands each mean back to the numbers it came from.
  ///
  /// `height` and `width` are those of the result.
  public func spread(_ means: [Float], height: Int, width: Int) -> [Float] {
    let margin = taps - 1
    let (inner, down) = (width - margin, height - margin)
    precondition(means.count == inner * down)
    // The bell is symmetric: its adjoint is itself over a plane with zeros around.
    var padded = [Float](repeating: 0, count: (height + margin) * (width + margin))
    for row in 0..<down {
      let at = (row + margin) * (width + margin) + margin
      padded.replaceSubrange(at..<at + inner, with: means[row * inner..<(row + 1) * inner])
    }
    return self.means(of: padded, height: height + margin, width: width + margin)
  }

  private func array(
    _ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      if let base = buffer.baseAddress { fill(base) }
      filled = count
    }
  }
}
