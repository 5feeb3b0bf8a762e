import Align
import FaceCore
import Foundation

/// How wrong an answer of the landmark network is.
package struct LandmarkLoss: Sendable {
  /// Of a point that is hidden, of one that is seen.
  var hiddenWeight: Float = 0.3
  var visibleWeight: Float = 0.02
  var spreadWeight: Float = 0.01
  var rotationWeight: Float = 0.6
  /// Below this, in the unit of the answer, the loss is a square.
  private static let bend: Float = 0.01

  package init() {}

  /// The loss of one answer of `LandmarkNetwork.count` numbers; its slopes are added to `slopes`, times
  /// `factor`.
  package func loss(
    of answer: ArraySlice<Float>, _ sample: LandmarkSamples.Sample, slopes: inout [Float],
    factor: Float
  ) -> Float {
    let start = answer.startIndex
    func value(_ index: Int) -> Float { answer[start + index] }
    func add(_ slope: Float, at index: Int) { slopes[start + index] += slope * factor }
    var sum: Float = 0
    let share = 1 / Float(Landmarks.count)
    for index in 0..<Landmarks.count {
      let weight = (sample.visible[index] ? 1 : hiddenWeight) * sample.pointWeight * share
      let point = sample.points[index]
      var miss: Float = 0
      for (axis, truth) in [point.x, point.y].enumerated() {
        let own = Self.huber(value(2 * index + axis) - truth)
        sum += weight * own.loss
        add(weight * own.slope, at: 2 * index + axis)
        miss += abs(value(2 * index + axis) - truth) / 2
      }
      let spread = LandmarkNetwork.Field.spread.lowerBound + index
      let seen = Self.laplace(miss, spread: value(spread))
      let spreadShare = spreadWeight * sample.pointWeight * share
      sum += spreadShare * seen.loss
      add(spreadShare * seen.slope, at: spread)
      if sample.knowsVisible {
        let place = LandmarkNetwork.Field.visible.lowerBound + index
        let (logit, target) = (value(place), sample.visible[index] ? Float(1) : 0)
        sum +=
          visibleWeight * share * (max(logit, 0) - logit * target + log1p(exp(-abs(logit))))
        add(visibleWeight * share * (1 / (1 + exp(-logit)) - target), at: place)
      }
    }
    guard let pose = sample.pose else { return sum }
    var miss: Float = 0
    for (index, truth) in pose.matrix.prefix(6).enumerated() {
      let place = LandmarkNetwork.Field.rotation.lowerBound + index
      let own = Self.huber(value(place) - Float(truth))
      sum += rotationWeight / 6 * own.loss
      add(rotationWeight / 6 * own.slope, at: place)
      miss += abs(value(place) - Float(truth)) / 6
    }
    let place = LandmarkNetwork.Field.rotationSpread
    let seen = Self.laplace(miss, spread: value(place))
    sum += spreadWeight * seen.loss
    add(spreadWeight * seen.slope, at: place)
    return sum
  }

  private static func huber(_ miss: Float) -> (loss: Float, slope: Float) {
    let size = abs(miss)
    return size < bend
      ? (miss * miss / (2 * bend), miss / bend) : (size - bend / 2, miss < 0 ? -1 : 1)
  }

  /// The negative logarithm of a Laplace density of mean deviation exp(spread), in the spread alone: what
  /// is predicted is not pulled.
  private static func laplace(_ miss: Float, spread: Float) -> (loss: Float, slope: Float) {
    let held = max(-8, min(2, spread))
    let ratio = miss * exp(-held)
    // Limited, for a first guess may be far off.
    return (ratio + held, max(-5, 1 - ratio) + (spread - held))
  }
}
