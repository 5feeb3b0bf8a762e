public import FaceCore

/// What to film, or to find, so that a source covers its target: the gaps, each with the moments of the
/// target that wait for it.
public struct ShootingList: Sendable {
  /// A face of the target: which video, when, and what it needs.
  public struct Moment: Hashable, Sendable {
    /// Any number that tells videos apart.
    public var video: Int64
    /// On the video's clock, in seconds.
    public var seconds: Double
    public var cell: FaceCell

    public init(video: Int64, seconds: Double, cell: FaceCell) {
      (self.video, self.seconds, self.cell) = (video, seconds, cell)
    }
  }

  /// From the first to the last face of a stretch in which faces follow within a second.
  public struct Stretch: Hashable, Sendable {
    public var video: Int64
    public var from: Double
    public var to: Double
    public var faces: Int

    public init(video: Int64, from: Double, to: Double, faces: Int) {
      (self.video, self.from, self.to, self.faces) = (video, from, to, faces)
    }
  }

  public struct Item: Hashable, Sendable {
    public var gap: CoverageGap
    /// By video and time.
    public var stretches: [Stretch]

    public init(gap: CoverageGap, stretches: [Stretch]) {
      (self.gap, self.stretches) = (gap, stretches)
    }
  }

  /// The gap most target faces depend on comes first.
  public let items: [Item]

  /// Moments of cells without a gap are passed over.
  public init(gaps: [CoverageGap], moments: some Sequence<Moment>, isFolded: Bool) {
    var waiting: [FaceCell: [Moment]] = [:]
    let wanted = Set(gaps.map(\.cell))
    for moment in moments {
      let cell = isFolded ? moment.cell.folded : moment.cell
      if wanted.contains(cell) { waiting[cell, default: []].append(moment) }
    }
    items = gaps.map { gap in
      Item(gap: gap, stretches: ShootingList.stretches(of: waiting[gap.cell] ?? []))
    }
  }

  private static func stretches(of moments: [Moment]) -> [Stretch] {
    var result: [Stretch] = []
    for moment in moments.sorted(by: { ($0.video, $0.seconds) < ($1.video, $1.seconds) }) {
      if let last = result.last, last.video == moment.video, moment.seconds - last.to <= 1 {
        result[result.count - 1].to = moment.seconds
        result[result.count - 1].faces += 1
      } else {
        result.append(
          Stretch(video: moment.video, from: moment.seconds, to: moment.seconds, faces: 1))
      }
    }
    return result
  }
}
