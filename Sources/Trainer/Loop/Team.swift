import Networks

/// The processes that train a run together: this one alone, or several, each on its share of a step's
/// faces.
///
/// All of them take the same steps and come to the same weights. The first keeps the run's files.
struct Team {
  let group: TorchGroup?

  /// How many there are.
  var size: Int { group?.place.size ?? 1 }
  /// Which of them this is, counted from 0.
  var rank: Int { group?.place.rank ?? 0 }
  var keepsFiles: Bool { rank == 0 }

  /// What the first one says.
  func first(_ numbers: [Double]) throws -> [Double] {
    guard let group else { return numbers }
    return try group.gather(numbers)[0]
  }

  /// Whether all say so.
  func all(_ condition: Bool) throws -> Bool {
    guard let group else { return condition }
    return try group.gather([condition ? 1 : 0]).allSatisfy { $0 == [1] }
  }

  /// Why to stop, as soon as one has a reason.
  func agreed(_ end: TrainingEnd?) throws -> TrainingEnd? {
    guard let group else { return end }
    let reasons: [TrainingEnd?] = [nil, .timeLimit, .stopped]
    let own = Double(reasons.firstIndex(of: end) ?? 0)
    let greatest = try group.gather([own]).map { $0[0] }.max() ?? 0
    return reasons[Int(greatest)]
  }

  /// The faces of all, in the order of rank.
  func gathered(
    _ source: TrainingReport.Side, _ target: TrainingReport.Side
  ) throws -> (source: TrainingReport.Side, target: TrainingReport.Side) {
    guard let group else { return (source, target) }
    let own = [source, target].flatMap { $0.faces.map(Double.init) + $0.losses.map(Double.init) }
    let count = source.faces.count
    var sides = [TrainingReport.Side(), TrainingReport.Side()]
    for numbers in try group.gather(own) {
      for place in 0..<2 {
        let faces = numbers[2 * place * count..<(2 * place + 1) * count]
        let losses = numbers[(2 * place + 1) * count..<(2 * place + 2) * count]
        sides[place].add(losses.map { Float($0) }, of: faces.map { Int($0) })
      }
    }
    return (sides[0], sides[1])
  }
}
