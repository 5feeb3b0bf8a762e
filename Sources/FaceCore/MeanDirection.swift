/// The mean of embeddings of one length, at length 1; nil where there is none, or they cancel.
package func meanDirection(of embeddings: [[Float]]) -> [Float]? {
  guard var sum = embeddings.first else { return nil }
  for other in embeddings.dropFirst() {
    for index in sum.indices { sum[index] += other[index] }
  }
  let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return length > 1e-6 ? sum.map { $0 / length } : nil
}
