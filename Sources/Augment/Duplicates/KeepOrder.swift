/// What speaks for keeping a face rather than a duplicate of it.
public struct FaceMerit: Hashable, Sendable {
  /// A person took its rejection back.
  public var isAccepted: Bool
  public var isRejected: Bool
  /// Pixels of the frame between the eyes.
  public var interEye: Double
  /// As measured at one size for all faces.
  public var sharpness: Double
  /// How far its landmarks are from a head's, and the part of it that is too dark or too bright, 0 to 1.
  public var misfit: Double
  public var badlyExposed: Double
  /// Side of the stored crop, in pixels.
  public var cropSize: Int

  public init(
    isAccepted: Bool = false, isRejected: Bool = false, interEye: Double, sharpness: Double,
    misfit: Double = 0, badlyExposed: Double = 0, cropSize: Int = 256
  ) {
    (self.isAccepted, self.isRejected) = (isAccepted, isRejected)
    (self.interEye, self.sharpness) = (interEye, sharpness)
    (self.misfit, self.badlyExposed, self.cropSize) = (misfit, badlyExposed, cropSize)
  }
}

extension Array where Element == FaceMerit {
  /// The one of these faces to keep: what is left of them after each rule in turn.
  ///
  /// 1. accepted by a person; 2. not rejected; 3. larger between the eyes, within 10 % of the largest;
  /// 4. sharper, within 10 % of the sharpest; 5. landmarks more like a head's and less of the face too
  /// dark or bright, within 0.05 of the best; 6. the larger crop; 7. the sharpest, then the first.
  ///
  /// The margins keep the noise of one measure from deciding before the next is asked. Traps on an
  /// empty array.
  public var bestIndex: Int {
    var left = Array<Int>(indices)
    func keep(_ isGood: (FaceMerit) -> Bool) {
      let good = left.filter { isGood(self[$0]) }
      if !good.isEmpty { left = good }
    }
    func largest(_ value: (FaceMerit) -> Double) -> Double {
      left.reduce(-Double.infinity) { Swift.max($0, value(self[$1])) }
    }
    keep(\.isAccepted)
    keep { !$0.isRejected }
    let size = largest(\.interEye)
    keep { $0.interEye >= 0.9 * size }
    let sharpness = largest(\.sharpness)
    keep { $0.sharpness >= 0.9 * sharpness }
    let flaw = -largest { -($0.misfit + $0.badlyExposed) }
    keep { $0.misfit + $0.badlyExposed <= flaw + 0.05 }
    let crop = largest { Double($0.cropSize) }
    keep { Double($0.cropSize) >= crop }
    let sharpest = largest(\.sharpness)
    keep { $0.sharpness >= sharpest }
    precondition(!left.isEmpty, "one of no faces cannot be kept")
    return left[0]
  }
}
