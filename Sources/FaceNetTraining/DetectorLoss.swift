import Align
import FaceCore
import Foundation

/// How wrong a detector's answers are.
///
/// A place near the middle of a face, on the grid whose stride suits the face's size, should say how well
/// its box fits (the overlap, from 0 to 1), and all others 0: quality focal loss (Li et al., "Generalized
/// Focal Loss", 2020). Boxes and points are held to the truth by Huber's loss in units of the face.
package struct DetectorLoss: Sendable {
  package var pointWeight: Float = 1
  package var boxWeight: Float = 2

  package init() {}

  /// Sides of faces, in strides, that a grid finds; the ranges overlap, where both do.
  private static let reach: ClosedRange<Float> = 1.3...5.5
  /// Sides that the last grid finds, too.
  private static let farReach: Float = 12

  /// What a place is to say.
  private enum Role {
    case nothing
    /// On a face, but neither near its middle nor far.
    case either
    case face(Int)
  }

  /// The loss of each sample and the slopes of their mean, laid out as `answers`: for each stride
  /// `[batch, 16, side / stride, side / stride]`.
  package func loss(
    of answers: [[Float]], faces: [[DetectorSamples.Face]], side: Int
  ) -> (values: [Float], gradients: [[Float]]) {
    var values = [Float](repeating: 0, count: faces.count)
    var gradients = answers.map { [Float](repeating: 0, count: $0.count) }
    for (sample, faces) in faces.enumerated() {
      let roles = DetectorNetwork.strides.map { stride in
        self.roles(of: faces, stride: stride, side: side)
      }
      let positives = roles.reduce(0) { sum, roles in
        sum + roles.reduce(0) { if case .face = $1 { $0 + 1 } else { $0 } }
      }
      let scale = 1 / Float(max(4, positives))
      for (level, stride) in DetectorNetwork.strides.enumerated() {
        let places = roles[level].count
        let start = sample * DetectorNetwork.channels * places
        answers[level].withUnsafeBufferPointer { answer in
          gradients[level].withUnsafeMutableBufferPointer { gradient in
            values[sample] +=
              scale
              * loss(
                roles[level], faces: faces, stride: stride, width: side / stride,
                answer: UnsafeBufferPointer(rebasing: answer[start...]),
                gradient: UnsafeMutableBufferPointer(rebasing: gradient[start...]),
                factor: scale / Float(values.count))
          }
        }
      }
    }
    return (values, gradients)
  }

  private func roles(
    of faces: [DetectorSamples.Face], stride: Int, side: Int
  ) -> [Role] {
    let width = side / stride
    var roles = [Role](repeating: .nothing, count: width * width)
    // Larger faces first, so that small ones before them keep their places.
    for index in faces.indices.sorted(by: { faces[$0].box.area > faces[$1].box.area }) {
      let box = faces[index].box
      let size = box.area.squareRoot() / Float(stride)
      let most = stride == DetectorNetwork.strides.last ? Self.farReach : Self.reach.upperBound
      let least = stride == DetectorNetwork.strides.first ? 0.9 : Self.reach.lowerBound
      let isMine = (least...most).contains(size)
      let isNearlyMine = (least / 1.3...most * 1.3).contains(size)
      guard isNearlyMine else { continue }
      let center = box.center
      func cell(_ value: Float) -> Int { min(width - 1, max(0, Int(value / Float(stride)))) }
      for row in cell(box.y)...cell(box.y + box.height) {
        for column in cell(box.x)...cell(box.x + box.width) {
          let u = abs((Float(column) + 0.5) * Float(stride) - center.x) / box.width
          let v = abs((Float(row) + 0.5) * Float(stride) - center.y) / box.height
          let isNearest = row == cell(center.y) && column == cell(center.x)
          if isMine, u * u + v * v < 0.2 * 0.2 || isNearest {
            roles[row * width + column] = .face(index)
          } else if u * u + v * v < 0.42 * 0.42 {
            if case .nothing = roles[row * width + column] { roles[row * width + column] = .either }
          }
        }
      }
    }
    return roles
  }

  private func loss(
    _ roles: [Role], faces: [DetectorSamples.Face], stride: Int, width: Int,
    answer: UnsafeBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, factor: Float
  ) -> Float {
    var sum: Float = 0
    let places = roles.count
    for place in 0..<places {
      var target: Float = 0
      switch roles[place] {
      case .either: continue
      case .nothing: break
      case .face(let index):
        let own = regression(
          faces[index], column: place % width, row: place / width, stride: Float(stride),
          value: { answer[$0 * places + place] },
          slope: { gradient[$0 * places + place] += $1 * factor })
        sum += own.loss
        target = own.overlap
      }
      let score = Self.focal(answer[place], target: target)
      sum += score.loss
      gradient[place] += score.slope * factor
    }
    return sum
  }

  /// Quality focal loss with exponent 2.
  static func focal(_ logit: Float, target: Float) -> (loss: Float, slope: Float) {
    let p = 1 / (1 + exp(-logit))
    // The cross entropy, from the logit so that it stays finite.
    let entropy = max(logit, 0) - logit * target + log1p(exp(-abs(logit)))
    let miss = p - target
    return (miss * miss * entropy, miss * miss * miss + 2 * miss * p * (1 - p) * entropy)
  }

  private func regression(
    _ face: DetectorSamples.Face, column: Int, row: Int, stride: Float, value: (Int) -> Float,
    slope: (Int, Float) -> Void
  ) -> (loss: Float, overlap: Float) {
    let (x, y) = (Float(column) + 0.5, Float(row) + 0.5)
    let box = face.box
    let (width, height) = (box.width / stride, box.height / stride)
    var sum: Float = 0
    func hold(_ channel: Int, to target: Float, unit: Float, weight: Float) {
      let miss = (value(channel) - target) / unit
      let limit: Float = 0.05
      let size = abs(miss)
      if size < limit {
        sum += weight * miss * miss / (2 * limit)
        slope(channel, weight * miss / limit / unit)
      } else {
        sum += weight * (size - limit / 2)
        slope(channel, weight * (miss < 0 ? -1 : 1) / unit)
      }
    }
    let center = box.center
    hold(1, to: center.x / stride - x, unit: width, weight: boxWeight)
    hold(2, to: center.y / stride - y, unit: height, weight: boxWeight)
    hold(3, to: log(width), unit: 1, weight: boxWeight)
    hold(4, to: log(height), unit: 1, weight: boxWeight)
    let unit = (width * height).squareRoot()
    for (index, point) in face.points.enumerated() {
      hold(5 + 2 * index, to: point.x / stride - x, unit: unit, weight: pointWeight * 0.4)
      hold(6 + 2 * index, to: point.y / stride - y, unit: unit, weight: pointWeight * 0.4)
    }
    let (w, h) = (exp(min(6, value(3))), exp(min(6, value(4))))
    let seen = Box(
      x: (x + value(1) - w / 2) * stride, y: (y + value(2) - h / 2) * stride, width: w * stride,
      height: h * stride)
    return (sum, seen.overlap(with: box))
  }
}
