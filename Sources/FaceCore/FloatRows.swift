import CPixels

/// Rows of floats of one length, one after the other.
public struct FloatRows: Hashable, Sendable {
  /// Numbers of a row.
  public let length: Int
  private var values: [Float] = []

  /// No row yet.
  ///
  /// Traps unless a row has a number.
  public init(length: Int) {
    precondition(length > 0, "a row has a number")
    self.length = length
  }

  public var count: Int { values.count / length }

  /// Traps unless a row that is set has the length of all.
  public subscript(row: Int) -> [Float] {
    get { Array(values[row * length..<(row + 1) * length]) }
    set {
      precondition(newValue.count == length, "rows are of one length")
      values.replaceSubrange(row * length..<(row + 1) * length, with: newValue)
    }
  }

  /// Traps unless it has the length of all.
  public mutating func append(_ row: [Float]) {
    precondition(row.count == length, "rows are of one length")
    values += row
  }

  /// Takes the last row away.
  public mutating func removeLast() { values.removeLast(length) }

  /// The product of a row with each one here; the same on every machine.
  ///
  /// Traps unless it has the length of all.
  public func products(with row: [Float]) -> [Float] {
    precondition(row.count == length, "rows are of one length")
    let count = count
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let target = buffer.baseAddress else { return }
      unsafe cpx_products(row, values, length, count, target)
      filled = count
    }
  }
}
