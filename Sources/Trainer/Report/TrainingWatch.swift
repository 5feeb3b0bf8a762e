import FaceCore
import Foundation

/// Watches the history of a run for what goes wrong.
///
/// All it knows comes from the lines of the history, so that a resumed run is watched as if it had
/// never stopped.
package struct TrainingWatch {
  /// A preview's figures.
  private struct Look {
    let step: Int
    /// Means since the look before.
    let losses: [Double]
    /// Over faces that are never learned.
    let heldOut: [Double]
    /// Of learned faces; nil where there are too few.
    let learned: [FaceQuality?]
  }

  private var looks: [Look] = []
  private var sums = [0.0, 0.0]
  private var count = 0

  private static let sides: [Side] = [.source, .target]
  /// Looks in a row that a trouble must last, so that a passing one is not told.
  private static let lasting = 3
  /// Steps before which every decoder answers little more than a mean face.
  private static let firstStep = 500
  /// A decoder whose answers differ less than this share of the faces' differences has collapsed.
  private static let leastVariety = 0.15
  /// A decoder that explains less than this share of the differences is no better than one face.
  private static let leastExplained = 0.05
  /// What such a share grows by in as many looks when it is only slow.
  private static let growth = 0.01
  /// Looks at unseen faces before their loss tells where it goes.
  private static let fewestLooks = 8
  /// What is left of the loss of unseen faces when it does not fall.
  private static let noBetter = 0.98
  /// What is left of that of learned faces when it falls.
  private static let fall = 0.85
  /// How many times that of learned faces it is then.
  private static let gap = 1.3
  /// How many times one side's loss is the other's before it is told.
  private static let apart = 2.0

  /// Knows what a history tells of the steps before one.
  init(history: URL, before step: Int) {
    // A run that begins has no history.
    let data = (try? Data(contentsOf: history)) ?? Data()
    let decoder = JSONDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      // One that cannot be read was cut off by a kill.
      guard let line = try? decoder.decode(History.Line.self, from: Data(line)), line.step < step
      else { continue }
      add(line)
    }
  }

  /// What is to be told after a step; the same again as long as it lasts.
  mutating func warnings(after line: History.Line) -> [RunWarning] {
    guard add(line) else { return [] }
    return Self.sides.indices.flatMap { [dull($0), learnedByHeart($0)] }.compactMap(\.self)
      + [farApart()].compactMap(\.self)
  }

  /// Whether the line is a look.
  @discardableResult
  private mutating func add(_ line: History.Line) -> Bool {
    sums[0] += Double(line.source)
    sums[1] += Double(line.target)
    count += 1
    guard line.isLook else { return false }
    looks.append(
      Look(
        step: line.step, losses: sums.map { $0 / Double(count) },
        heldOut: line.heldOut.map { [Double($0.source), Double($0.target)] } ?? [],
        learned: [line.quality?.learned?.source, line.quality?.learned?.target]))
    (sums, count) = ([0, 0], 0)
    return true
  }

  /// The latest looks, as many as a trouble must last; nil in the first steps.
  private var latest: ArraySlice<Look>? {
    guard looks.count >= Self.lasting else { return nil }
    let latest = looks.suffix(Self.lasting)
    return latest.allSatisfy { $0.step >= Self.firstStep } ? latest : nil
  }

  private func warning(_ about: String, _ text: String) -> RunWarning {
    RunWarning(step: looks.last?.step ?? 0, about: about, text: text)
  }

  /// A decoder that answers all faces alike, or no better than that.
  private func dull(_ side: Int) -> RunWarning? {
    guard let latest, let last = latest.last?.learned[side] else { return nil }
    let name = Self.sides[side].rawValue
    // With a small learning rate faces come apart late: what still grows is no trouble.
    func isSmall(_ shares: [Double], below limit: Double) -> Bool {
      let grows =
        zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 }
        && (shares.last ?? 0) > (shares.first ?? 0) + Self.growth
      return shares.count == Self.lasting && shares.allSatisfy { $0 < limit } && !grows
    }
    if isSmall(latest.compactMap { $0.learned[side]?.variety }, below: Self.leastVariety) {
      return warning(
        "collapsed \(name)",
        "the \(name)'s decoder answers all faces alike: its answers differ by "
          + "\(percent(last.variety ?? 0)) of what the faces do; lower the learning rate, or begin anew"
      )
    }
    if isSmall(latest.compactMap { $0.learned[side]?.explained }, below: Self.leastExplained) {
      return warning(
        "stuck \(name)",
        "the \(name)'s decoder is no better than one mean face for all; lower the learning rate, or "
          + "look whether its faces are aligned and of one person")
    }
    return nil
  }

  /// Unseen faces get no better, or worse, while learned ones do.
  ///
  /// The second half of the run is looked at: what counts as no progress grows with its length.
  private func learnedByHeart(_ side: Int) -> RunWarning? {
    let known = looks.filter { !$0.heldOut.isEmpty }
    guard known.count >= Self.fewestLooks else { return nil }
    /// Of as many looks as a trouble must last.
    func mean(endingAt end: Int) -> (heldOut: Double, learned: Double) {
      let part = known[end - Self.lasting..<end]
      return (
        part.reduce(0) { $0 + $1.heldOut[side] } / Double(part.count),
        part.reduce(0) { $0 + $1.losses[side] } / Double(part.count)
      )
    }
    let half = known.count / 2
    let (then, now) = (mean(endingAt: half), mean(endingAt: known.count))
    guard now.heldOut > Self.noBetter * then.heldOut, now.learned < Self.fall * then.learned,
      now.heldOut > Self.gap * now.learned
    else { return nil }
    let name = Self.sides[side].rawValue
    return warning(
      "by heart \(name)",
      "the \(name) is learned by heart: since step \(known[half - 1].step) the loss of learned faces "
        + "fell by \(percent(1 - now.learned / then.learned)), that of unseen ones did not "
        + "(\(signedPercent(now.heldOut / then.heldOut - 1))); "
        + "more and other faces help, more steps do not")
  }

  private func farApart() -> RunWarning? {
    guard let latest, let last = latest.last else { return nil }
    for (high, low) in [(0, 1), (1, 0)]
    where latest.allSatisfy({ $0.losses[high] > Self.apart * $0.losses[low] }) {
      let (name, other) = (Self.sides[high].rawValue, Self.sides[low].rawValue)
      return warning(
        "apart",
        String(
          format: "the loss of the \(name) is %.1f times the \(other)'s: ",
          last.losses[high] / last.losses[low])
          + "look at its hardest faces for blur, hands and other people")
    }
    return nil
  }

  private func signedPercent(_ share: Double) -> String {
    String(format: "%+.0f %%", share * 100)
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
