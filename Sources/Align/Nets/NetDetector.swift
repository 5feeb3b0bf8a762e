public import FaceCore
import Foundation
package import Networks

/// Finds faces and five points of each in luma; one for each thread.
public protocol BoxDetector {
  /// The faces of a picture that are likelier than `threshold`, 0 to 1, likeliest first.
  ///
  /// A picture with a longer side than `longestSide` pixels is reduced to it. Throws `AlignError.failed`.
  func faces(
    in picture: GrayImage, longestSide: Int, threshold: Float
  ) throws(AlignError) -> [FoundFace]
}

/// A face found by a network: its box and five points, in pixels of the picture.
public struct FoundFace: Hashable, Sendable {
  public var box: Box
  /// The probability that it is a face, 0 to 1.
  public var probability: Float
  /// The middles of both eyes, the tip of the nose and the corners of the mouth, image-left first.
  public var points: [Point]

  /// Traps unless there are five points.
  public init(box: Box, probability: Float, points: [Point]) {
    precondition(points.count == 5, "five points are five")
    (self.box, self.probability, self.points) = (box, probability, points)
  }
}

extension FoundFace {
  /// How sure it is that this is a face, from 0 on: the logarithm of the odds, more where the landmark
  /// network is sure of its points, less where it is not.
  ///
  /// On faces the points are off by 0.7 to 1.6 % of the square, as the network itself says, on roses, hands
  /// and folds of cloth that the detector took for faces by 1.5 to 3.3 %.
  package func evidence(_ placed: PlacedFace) -> Float {
    let held = min(1 - 1e-6, max(1e-6, probability))
    let side = FaceSquare(around: fivePoints(of: placed.landmarks)).side
    let spread = placed.spread.reduce(0, +) / Float(Landmarks.count) / side
    return log(held / (1 - held)) - 200 * (spread - 0.016)
  }

  /// Found in a part of a picture: `scale` pixels of the picture are one of the part's, whose corner is
  /// that of `part`.
  package func moved(from part: Box, scale: Float) -> FoundFace {
    FoundFace(
      box: Box(
        x: part.x + box.x * scale, y: part.y + box.y * scale, width: box.width * scale,
        height: box.height * scale),
      probability: probability,
      points: points.map { Point(x: part.x + $0.x * scale, y: part.y + $0.y * scale) })
  }
}

/// Finds faces of any yaw, rolled by up to 60°, from 16 pixels on, with the built-in network.
///
/// It has buffers of its own: make one for each thread. They may share the weights.
package final class NetDetector: BoxDetector {
  private let engine: CPUEngine
  private let weights: Parameters
  /// For the picture sizes seen last.
  private var compiled: [(width: Int, height: Int, executable: Executable)] = []

  /// Sizes whose memory is kept: what the three depths of search and the look at one face take, for
  /// compiling costs as much as searching.
  private static let keptSizes = 8

  package init(engine: CPUEngine, weights: Parameters) {
    (self.engine, self.weights) = (engine, weights)
  }

  /// Smallest longer side that a picture is also searched at, in pixels.
  private static let coarsest = 224

  /// The faces of a picture that are likelier than `threshold`, likeliest first.
  ///
  /// A picture with a longer side than `longestSide` is reduced to it first. It is also searched at half
  /// the size, a quarter and so on, where large faces are as large as the network learned them best.
  /// Throws where the weights are not this network's.
  package func faces(
    in picture: GrayImage, longestSide: Int, threshold: Float
  ) throws(AlignError) -> [FoundFace] {
    var side = min(longestSide, max(picture.width, picture.height))
    var found: [FoundFace] = []
    do throws(NetworksError) {
      repeat {
        found += try faces(in: picture, side: side, threshold: threshold)
        side /= 2
      } while side >= Self.coarsest
    } catch {
      throw AlignError(error)
    }
    return Self.merged(found)
  }

  private func faces(
    in picture: GrayImage, side: Int, threshold: Float
  ) throws(NetworksError) -> [FoundFace] {
    let scale = Float(side) / Float(max(picture.width, picture.height))
    let multiple = DetectorNetwork.multiple
    func padded(_ side: Int) -> Int {
      (max(1, Int((Float(side) * scale).rounded(.up))) + multiple - 1) / multiple * multiple
    }
    let (width, height) = (padded(picture.width), padded(picture.height))
    // What is beyond the picture's edge repeats it.
    let seen = picture.resampled(
      from: Box(x: 0, y: 0, width: Float(width) / scale, height: Float(height) / scale),
      width: width, height: height)
    return try faces(inBlocksOf: seen, threshold: threshold).map { face in
      FoundFace(
        box: Box(
          x: face.box.x / scale, y: face.box.y / scale, width: face.box.width / scale,
          height: face.box.height / scale),
        probability: face.probability, points: face.points.map { $0 * (1 / scale) })
    }
  }

  private func faces(
    inBlocksOf picture: GrayImage, threshold: Float
  ) throws(NetworksError) -> [FoundFace] {
    let executable = try executable(width: picture.width, height: picture.height)
    let answers = executable.forward(pixelBlocks(of: picture, block: DetectorNetwork.block))
    return zip(DetectorNetwork.strides, answers).flatMap { stride, answer in
      Self.decoded(
        answer, stride: stride, width: picture.width / stride, threshold: threshold)
    }
  }

  private func executable(width: Int, height: Int) throws(NetworksError) -> Executable {
    if let known = compiled.first(where: { $0.width == width && $0.height == height }) {
      return known.executable
    }
    let executable = try engine.compile(
      DetectorNetwork.network(width: width, height: height), batch: 1, for: .inference,
      parameters: weights)
    if compiled.count == Self.keptSizes { compiled.removeFirst() }
    compiled.append((width, height, executable))
    return executable
  }

  /// The faces that places of one grid tell of, `answer` being `[16, height, width]`.
  package static func decoded(
    _ answer: [Float], stride: Int, width: Int, threshold: Float
  ) -> [FoundFace] {
    let places = answer.count / DetectorNetwork.channels
    let limit = log(threshold / (1 - threshold))
    let unit = Float(stride)
    return (0..<places).filter { answer[$0] > limit }.map { place in
      func value(_ channel: Int) -> Float { answer[channel * places + place] }
      let (x, y) = (Float(place % width) + 0.5, Float(place / width) + 0.5)
      let (across, down) = (exp(min(6, value(3))) * unit, exp(min(6, value(4))) * unit)
      return FoundFace(
        box: Box(
          x: (x + value(1)) * unit - across / 2, y: (y + value(2)) * unit - down / 2,
          width: across, height: down),
        probability: 1 / (1 + exp(-answer[place])),
        points: Swift.stride(from: 5, to: 15, by: 2).map {
          Point(x: (x + value($0)) * unit, y: (y + value($0 + 1)) * unit)
        })
    }
  }

  /// One face for each heap of boxes that overlap: the mean of those near the likeliest, by their
  /// probabilities, which trembles less than the likeliest alone.
  ///
  /// Source: Solovyev, Wang and Gabruseva, "Weighted Boxes Fusion", 2021, within one network.
  package static func merged(_ faces: [FoundFace], overlap limit: Float = 0.4) -> [FoundFace] {
    var rest = faces.sorted {
      ($0.probability, $1.box.x, $1.box.y) > ($1.probability, $0.box.x, $0.box.y)
    }
    var result: [FoundFace] = []
    while !rest.isEmpty {
      let best = rest.removeFirst()
      let heap = [best] + rest.filter { $0.box.overlap(with: best.box) > 0.65 }
      rest.removeAll {
        $0.box.overlap(with: best.box) > limit || $0.box.containment(with: best.box) > 0.8
      }
      result.append(mean(of: heap, probability: best.probability))
    }
    return result
  }

  private static func mean(of faces: [FoundFace], probability: Float) -> FoundFace {
    let total = faces.reduce(0) { $0 + $1.probability }
    func mean(_ value: (FoundFace) -> Float) -> Float {
      faces.reduce(0) { $0 + value($1) * $1.probability } / total
    }
    return FoundFace(
      box: Box(
        x: mean(\.box.x), y: mean(\.box.y), width: mean(\.box.width),
        height: mean(\.box.height)),
      probability: probability,
      points: (0..<5).map { index in
        Point(x: mean { $0.points[index].x }, y: mean { $0.points[index].y })
      })
  }
}
