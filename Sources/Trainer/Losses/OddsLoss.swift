import Foundation

/// How wrong a judge is about each face, as the cross entropy of its logits, the mean over the places,
/// times `scale`.
///
/// With x the logarithm of the odds: log(1 + exp(−x)) where the face is true, log(1 + exp(x)) where not.
///
/// - Parameter logits: As many for each of `count` faces.
package func oddsLoss(_ logits: [Float], isTrue: Bool, count: Int, scale: Float) -> Loss {
  precondition(count > 0 && logits.count % count == 0, "as many places for each face")
  let places = logits.count / count
  let share = Double(scale) / Double(places)
  var values = [Float](repeating: 0, count: count)
  var gradient = [Float](repeating: 0, count: logits.count)
  let sign = isTrue ? -1.0 : 1.0
  for face in 0..<count {
    var sum = 0.0
    for place in face * places..<(face + 1) * places {
      let wrong = sign * Double(logits[place])
      sum += max(0, wrong) + log1p(exp(-abs(wrong)))
      gradient[place] = Float(sign * share / Double(count) / (1 + exp(-wrong)))
    }
    values[face] = Float(share * sum)
  }
  return Loss(values: values, gradient: gradient)
}
