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

  /// Memory that filterings of one size, one after the other, share.
  public struct Scratch {
    fileprivate var rows: [Float] = []
    /// What is spread, with zeros around it.
    fileprivate var padded: [Float] = []

    public init() {}
  }

  /// The weighted mean at each place: `[height][width]` to `[height − taps + 1][width − taps + 1]`.
  public func means(of plane: [Float], height: Int, width: Int) -> [Float] {
    var (result, scratch): ([Float], Scratch) = ([], Scratch())
    means(of: plane, height: height, width: width, into: &result, scratch: &scratch)
    return result
  }

  /// The same into memory that is there already.
  public func means(
    of plane: [Float], height: Int, width: Int, into result: inout [Float],
    scratch: inout Scratch
  ) {
    filter(plane, height: height, width: width, into: &result, rows: &scratch.rows)
  }

  /// The adjoint of `means`: hands each mean back to the numbers it came from.
  ///
  /// `height` and `width` are those of the result.
  public func spread(_ means: [Float], height: Int, width: Int) -> [Float] {
    var (result, scratch): ([Float], Scratch) = ([], Scratch())
    spread(means, height: height, width: width, into: &result, scratch: &scratch)
    return result
  }

  /// The same into memory that is there already.
  public func spread(
    _ means: [Float], height: Int, width: Int, into result: inout [Float], scratch: inout Scratch
  ) {
    let margin = taps - 1
    let (inner, down) = (width - margin, height - margin)
    precondition(means.count == inner * down)
    // The bell is symmetric: its adjoint is itself over a plane with zeros around.
    let (high, wide) = (height + margin, width + margin)
    if scratch.padded.count != high * wide {
      scratch.padded = [Float](repeating: 0, count: high * wide)
    }
    scratch.padded.withUnsafeMutableBufferPointer { padded in
      means.withUnsafeBufferPointer { means in
        guard let to = padded.baseAddress, let from = means.baseAddress else { return }
        for row in 0..<down {
          let at = (row + margin) * wide + margin
          (to + at).update(from: from + row * inner, count: inner)
        }
      }
    }
    filter(scratch.padded, height: high, width: wide, into: &result, rows: &scratch.rows)
  }

  private func filter(
    _ plane: [Float], height: Int, width: Int, into result: inout [Float], rows: inout [Float]
  ) {
    precondition(plane.count == height * width && min(height, width) >= taps)
    let (across, down) = (width - taps + 1, height - taps + 1)
    if rows.count < height * across { rows = [Float](repeating: 0, count: height * across) }
    if result.count != down * across { result = [Float](repeating: 0, count: down * across) }
    kernels_filter_rows(plane, Int32(height), Int32(width), weights, Int32(taps), &rows)
    kernels_filter_columns(rows, Int32(height), Int32(across), weights, Int32(taps), &result)
  }
}
