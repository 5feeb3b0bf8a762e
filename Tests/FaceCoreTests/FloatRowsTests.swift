import FaceCore
import Testing

@Suite struct FloatRowsTests {
  static func rows(_ count: Int, length: Int) -> [[Float]] {
    var generator = SeededGenerator(seed: 3)
    return (0..<count).map { _ in (0..<length).map { _ in .random(in: -1...1, using: &generator) } }
  }

  @Test(arguments: [1, 7, 31, 32, 33, 128, 200])
  func productsAreThoseOfThePlainSum(length: Int) {
    let rows = Self.rows(9, length: length)
    var matrix = FloatRows(length: length)
    for row in rows { matrix.append(row) }
    let products = matrix.products(with: rows[4])
    for (row, product) in zip(rows, products) {
      let plain = zip(row, rows[4]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(Double(product) - plain) < 1e-5)
    }
    // The same both ways, so that "nearest" has no direction.
    #expect(matrix.products(with: rows[2])[4] == products[2])
  }

  @Test func rowsAreSetAndTakenAway() {
    let rows = Self.rows(3, length: 5)
    var matrix = FloatRows(length: 5)
    for row in rows { matrix.append(row) }
    matrix[0] = rows[2]
    #expect(matrix[0] == rows[2] && matrix[1] == rows[1] && matrix.count == 3)
    matrix.removeLast()
    #expect(matrix.count == 2 && matrix[1] == rows[1])
  }
}
