import Augment
import FaceCore
import Testing

@Suite struct PersonGroupingTests {
  /// Tracks about a few people, in a space where they are told apart now and then.
  static func tracks(_ count: Int, people: Int, spread: Float, seed: UInt64) -> [PersonTrack] {
    var generator = SeededGenerator(seed: seed)
    func direction() -> [Float] {
      unit((0..<16).map { _ in Float(generator.nextGaussian()) })
    }
    let centres = (0..<people).map { _ in direction() }
    return (0..<count).map { index in
      let noise = direction()
      return PersonTrack(
        embedding: unit(zip(centres[index % people], noise).map { $0 + spread * $1 }))
    }
  }

  static func unit(_ values: [Float]) -> [Float] {
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / length }
  }

  static func mean(_ one: [Int], _ other: [Int], _ tracks: [PersonTrack]) -> Double {
    var sum = 0.0
    for a in one {
      for b in other {
        sum += zip(tracks[a].embedding, tracks[b].embedding).reduce(0.0) {
          $0 + Double($1.0) * Double($1.1)
        }
      }
    }
    return sum / Double(one.count * other.count)
  }

  /// Merges the two groups with the largest mean cosine, again and again.
  static func plain(
    _ tracks: [PersonTrack], apart: [(Int, Int)], threshold: Double
  ) -> Set<Set<Int>> {
    var groups: [[Int]] = []
    for (index, track) in tracks.enumerated() {
      let known = groups.firstIndex {
        track.person != nil && tracks[$0[0]].person == track.person
      }
      if let known { groups[known].append(index) } else { groups.append([index]) }
    }
    func mayJoin(_ one: [Int], _ other: [Int]) -> Bool {
      let people = Set((one + other).compactMap { tracks[$0].person })
      return people.count < 2
        && !apart.contains {
          one.contains($0) && other.contains($1) || one.contains($1) && other.contains($0)
        }
    }
    while true {
      var best: (likeness: Double, one: Int, other: Int)?
      for one in groups.indices {
        for other in groups.indices where other > one && mayJoin(groups[one], groups[other]) {
          let likeness = mean(groups[one], groups[other], tracks)
          if likeness >= threshold, likeness > best?.likeness ?? -2 {
            best = (likeness, one, other)
          }
        }
      }
      guard let best else { return Set(groups.map(Set.init)) }
      groups[best.one] += groups[best.other]
      groups.remove(at: best.other)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func chainsFindWhatMergingTheNearestTwoFinds(seed: UInt64) {
    var tracks = Self.tracks(40, people: 5, spread: 0.9, seed: seed)
    var generator = SeededGenerator(seed: seed, stream: 1)
    let pairs = (0..<12).map { _ in
      (Int.random(in: 0..<40, using: &generator), Int.random(in: 0..<40, using: &generator))
    }.filter { $0 != $1 }
    for index in 0..<6 { tracks[index * 3].person = index % 3 }
    for threshold: Float in [-0.2, 0.3, 0.5, 0.7] {
      let groups = PersonGrouping(threshold: threshold).groups(of: tracks, apart: pairs)
      #expect(
        Set(groups.map { Set($0.tracks) })
          == Self.plain(tracks, apart: pairs, threshold: Double(threshold)))
    }
  }

  @Test func everyTrackIsInOneGroupAndNamesAreKept() {
    var tracks = Self.tracks(60, people: 4, spread: 0.5, seed: 8)
    for index in stride(from: 0, to: 60, by: 7) { tracks[index].person = index % 4 }
    let groups = PersonGrouping(threshold: 0.4).groups(of: tracks, apart: [])
    #expect(groups.flatMap(\.tracks).sorted() == Array(0..<60))
    for group in groups {
      let people = Set(group.tracks.compactMap { tracks[$0].person })
      #expect(people.count <= 1 && people.first == group.person)
    }
    #expect(groups.count < 12)
    // One name is one group, however unlike its tracks are.
    let named = groups.compactMap(\.person)
    #expect(Set(named).count == named.count)
  }

  @Test func tracksInOnePictureNeverBecomeOneHoweverAlike() {
    let track = Self.tracks(1, people: 1, spread: 0, seed: 5)[0]
    let tracks = [PersonTrack](repeating: track, count: 6)
    let groups = PersonGrouping(threshold: 0.5).groups(of: tracks, apart: [(0, 1), (3, 1)])
    #expect(groups.count == 2)
    for group in groups where group.tracks.contains(1) {
      #expect(!group.tracks.contains(0) && !group.tracks.contains(3))
    }
    // Unless somebody has said that they are one.
    var named = tracks
    (named[0].person, named[1].person) = (9, 9)
    let one = PersonGrouping(threshold: 0.5).groups(of: named, apart: [(0, 1)])
    #expect(one.contains { $0.tracks.contains(0) && $0.tracks.contains(1) })
  }

  @Test func theThresholdGoesFromEveryoneAloneToAllTogether() {
    let tracks = Self.tracks(30, people: 6, spread: 0.6, seed: 2)
    var last = 31
    for threshold: Float in [1.1, 0.9, 0.6, 0.3, 0, -1.1] {
      let count = PersonGrouping(threshold: threshold).groups(of: tracks, apart: []).count
      #expect(count < last || count == 1 || count == 30)
      last = count
    }
    #expect(last == 1)
    #expect(PersonGrouping(threshold: 0.5).groups(of: [], apart: []).isEmpty)
  }

  @Test func whoIsLikeManyMustBeMoreLikeToBeOne() {
    // Two people and five strangers about one direction, two others about another.
    func about(_ axis: Int, _ spread: Float, _ seed: UInt64) -> PersonTrack {
      var generator = SeededGenerator(seed: seed)
      return PersonTrack(
        embedding: Self.unit(
          (0..<16).map { ($0 == axis ? 1 : 0) + spread * Float(generator.nextGaussian()) }))
    }
    let tracks = [about(0, 0.05, 1), about(0, 0.05, 2), about(9, 0.05, 3), about(9, 0.05, 4)]
    var strangers = FloatRows(length: 16)
    for seed in 10..<15 as Range<UInt64> { strangers.append(about(0, 0.05, seed).embedding) }
    let plain = PersonGrouping(threshold: 0.8).groups(of: tracks, apart: [])
    #expect(plain.map(\.tracks) == [[0, 1], [2, 3]])
    let grouping = PersonGrouping(threshold: 0.8, strangers: strangers)
    #expect(grouping.groups(of: tracks, apart: []).map(\.tracks) == [[0], [1], [2, 3]])
    // What somebody said holds.
    var named = tracks
    (named[0].person, named[1].person) = (7, 7)
    #expect(grouping.groups(of: named, apart: []).map(\.tracks) == [[0, 1], [2, 3]])
    // The same picture twice is one person, however many it is like.
    let twice = [tracks[0], tracks[0]]
    #expect(grouping.groups(of: twice, apart: []).map(\.tracks) == [[0, 1]])
    // Fewer than are looked at say nothing.
    var few = FloatRows(length: 16)
    few.append(about(0, 0.05, 10).embedding)
    #expect(
      PersonGrouping(threshold: 0.8, strangers: few).groups(of: tracks, apart: []).count == 2)
  }

  @Test func likenessIsTheMeanCosineOfItsPairs() throws {
    let tracks = Self.tracks(5, people: 1, spread: 0.4, seed: 4)
    let group = try #require(
      PersonGrouping(threshold: -1).groups(of: tracks, apart: []).first)
    var sum = 0.0
    for one in 0..<5 { for other in 0..<one { sum += Self.mean([one], [other], tracks) } }
    #expect(abs(Double(group.likeness ?? 0) - sum / 10) < 1e-5)
  }

  @Test func theMedoidIsTheOneMostLikeAllOthers() {
    let tracks = Self.tracks(9, people: 1, spread: 1, seed: 6).map(\.embedding)
    let likeness = tracks.indices.map { one in
      Self.mean([one], Array(tracks.indices), tracks.map { PersonTrack(embedding: $0) })
    }
    let best = likeness.indices.max { likeness[$0] < likeness[$1] }
    #expect(medoid(of: tracks) == best)
    #expect(medoid(of: []) == nil)
    #expect(medoid(of: [tracks[0], tracks[0]]) == 0)
  }
}
