/// The normal equations of a small least-squares problem, solved by Cholesky's method.
package struct SymmetricSystem {
  private let count: Int
  /// The full matrix, row by row.
  private var matrix: [Double]
  private var right: [Double]

  package init(count: Int) {
    self.count = count
    matrix = [Double](repeating: 0, count: count * count)
    right = [Double](repeating: 0, count: count)
  }

  /// The equations themselves: of each row the first `count` numbers, and its right side behind them.
  package init(rows: [SIMD8<Double>], count: Int) {
    self.init(count: count)
    for (i, row) in rows.enumerated() {
      for j in 0..<count { matrix[i * count + j] = row[j] }
      right[i] = row[count]
    }
  }

  /// One equation: the row times the unknowns should be the value.
  package mutating func add(row: [Double], value: Double, weight: Double) {
    for i in 0..<count {
      let weighted = row[i] * weight
      if weighted == 0 { continue }
      right[i] += weighted * value
      for j in 0...i { matrix[i * count + j] += weighted * row[j] }
    }
  }

  /// The equations that remain of the other unknowns when the first `leading` are solved for (Schur's
  /// complement).
  package func reduced(without leading: Int) -> SymmetricSystem {
    // Elimination by columns leaves the complement behind them.
    var whole = self
    for i in 0..<count { for j in 0..<i { whole.matrix[j * count + i] = matrix[i * count + j] } }
    for pivot in 0..<leading {
      let diagonal = whole.matrix[pivot * count + pivot]
      guard diagonal > 1e-12 else { continue }
      for i in pivot + 1..<count {
        let factor = whole.matrix[i * count + pivot] / diagonal
        if factor == 0 { continue }
        for j in pivot..<count {
          whole.matrix[i * count + j] -= factor * whole.matrix[pivot * count + j]
        }
        whole.right[i] -= factor * whole.right[pivot]
      }
    }
    var result = SymmetricSystem(count: count - leading)
    for i in leading..<count {
      result.right[i - leading] = whole.right[i]
      for j in leading...i {
        result.matrix[(i - leading) * result.count + j - leading] = whole.matrix[i * count + j]
      }
    }
    return result
  }

  /// Adds the equations of another system of the same unknowns.
  package mutating func add(_ other: SymmetricSystem) {
    precondition(other.count == count, "the unknowns are the same")
    for index in matrix.indices { matrix[index] += other.matrix[index] }
    for index in right.indices { right[index] += other.right[index] }
  }

  /// One equation: this unknown should be the value.
  package mutating func add(unknown: Int, value: Double, weight: Double) {
    matrix[unknown * count + unknown] += weight
    right[unknown] += weight * value
  }

  /// The unknowns, with Marquardt's damping: each diagonal entry grows by that part of itself.
  package func solution(damping: Double = 0) -> [Double] {
    solution(for: right, damping: damping)
  }

  /// The unknowns for another right side.
  package func solution(for right: [Double], damping: Double = 0) -> [Double] {
    let factor = cholesky(damping: damping)
    var result = right
    for i in 0..<count {
      for j in 0..<i { result[i] -= factor[i * count + j] * result[j] }
      result[i] /= factor[i * count + i]
    }
    for i in (0..<count).reversed() {
      for j in i + 1..<count { result[i] -= factor[j * count + i] * result[j] }
      result[i] /= factor[i * count + i]
    }
    return result
  }

  /// The lower triangle whose square is the matrix.
  ///
  /// A pivot that rounding made negative is held above zero, which leaves its unknown where it is.
  private func cholesky(damping: Double) -> [Double] {
    var factor = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i {
        var sum = matrix[i * count + j] * (i == j ? 1 + damping : 1)
        for k in 0..<j { sum -= factor[i * count + k] * factor[j * count + k] }
        if i == j {
          factor[i * count + i] = max(sum, 1e-12 * abs(matrix[i * count + i]) + 1e-300).squareRoot()
        } else {
          factor[i * count + j] = sum / factor[j * count + j]
        }
      }
    }
    return factor
  }
}
