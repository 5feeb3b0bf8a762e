internal import COpenBLAS

/// A matrix in memory, row by row, read as it is or transposed.
struct Matrix {
  var base: UnsafeMutablePointer<Float>
  /// Numbers between the starts of two stored rows.
  var stride: Int
  var isTransposed = false

  func pointer(row: Int, column: Int) -> UnsafeMutablePointer<Float> {
    isTransposed ? base + column * stride + row : base + row * stride + column
  }
}

/// A block of a result: rows and columns.
struct Block2D {
  let rows: Range<Int>
  let columns: Range<Int>
}

/// result[rows × columns] = left[rows × depth] · right[depth × columns], added to it or not.
struct MatrixProduct {
  let rows: Int
  let columns: Int
  let depth: Int

  /// Blocks of at least 128 × 256, about 16 of them where the result is large enough: few
  /// enough for long products, enough to keep the threads busy to the end.
  private var grid: (rows: Int, columns: Int) {
    let across = max(1, min(8, columns / 256))
    let down = max(1, min(rows / 128, 16 / across))
    return (down, across)
  }

  /// `finish` runs for each block of the result while it is still in the cache.
  func run(
    _ left: Matrix, _ right: Matrix, into result: Matrix, adding: Bool = false,
    workers: Workers, finish: (Block2D) -> Void = { _ in }
  ) {
    let grid = grid
    workers.run(grid.rows * grid.columns) { index in
      let block = Block2D(
        rows: cut(rows, into: grid.rows, at: index % grid.rows),
        columns: cut(columns, into: grid.columns, at: index / grid.rows))
      openblas_multiply(
        left.isTransposed, right.isTransposed, Int32(block.rows.count),
        Int32(block.columns.count), Int32(depth), 1,
        left.pointer(row: block.rows.lowerBound, column: 0), Int32(left.stride),
        right.pointer(row: 0, column: block.columns.lowerBound), Int32(right.stride),
        adding ? 1 : 0,
        result.pointer(row: block.rows.lowerBound, column: block.columns.lowerBound),
        Int32(result.stride))
      finish(block)
    }
  }
}

/// The piece at `index` of `0..<count` cut into `pieces`, at multiples of 16.
private func cut(_ count: Int, into pieces: Int, at index: Int) -> Range<Int> {
  func edge(_ index: Int) -> Int {
    index == pieces ? count : count * index / pieces / 16 * 16
  }
  return edge(index)..<edge(index + 1)
}
