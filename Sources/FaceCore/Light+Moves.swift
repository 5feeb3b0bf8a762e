import Foundation

extension Light {
  /// The nearest light that lies well inside a bin: the same one where it is in it already.
  ///
  /// What is even across the face stays: brightness and light from the front; so does how wide the source is.
  package func moved(into goal: LightBin) -> Light {
    guard bin != goal else { return self }
    let (across, up) = (Double(harmonics[3]), -Double(harmonics[1]))
    let constant = Double(harmonics[0])
    var contrast = (across * across + up * up).squareRoot() / constant
    var angle = atan2(up, across)
    switch goal.hardness {
    case .flat: contrast = min(contrast, 0.1)
    case .soft: contrast = min(0.31, max(0.19, contrast))
    case .hard: contrast = min(0.55, max(0.41, contrast))
    }
    if let sector = goal.sector {
      // No further than to a third of the sector from its middle.
      let middle = Double(sector) * .pi / 4
      let away = (angle - middle).remainder(dividingBy: 2 * .pi)
      angle = middle + min(Light.inside, max(-Light.inside, away))
    }
    let side = contrast * constant
    return Light(
      first: SIMD4(constant, -side * sin(angle), Double(harmonics[2]), side * cos(angle)),
      hardness: hardness)
  }

  /// Radians from the middle of a sector of π/4.
  private static let inside = Double.pi / 12
}

extension LightBin {
  /// How hard light is.
  package enum Hardness: Int, Sendable { case flat, soft, hard }

  package var hardness: Hardness {
    self == .flat ? .flat : rawValue.hasSuffix("-hard") ? .hard : .soft
  }

  /// Where light comes from, in eighths of a turn counter-clockwise from image right; nil for flat light.
  package var sector: Int? {
    Light.soft.firstIndex(of: self) ?? Light.hard.firstIndex(of: self)
  }

  /// Whether one step leads to the other: a little harder or softer, or an eighth of a turn.
  package func isBeside(_ other: LightBin) -> Bool {
    guard let mine = sector, let theirs = other.sector else {
      return self != other && hardness != .hard && other.hardness != .hard
    }
    let turn = (mine - theirs + 8) % 8
    if hardness == other.hardness { return turn == 1 || turn == 7 }
    return turn == 0
  }
}
