import Align
import Augment
import FaceCore
import FaceNetTraining
import Foundation
import Media
import Networks

private struct AnnotatedFace: Decodable {
  var file: String
  var person: String
  var video: String
  var landmarks68: Landmarks
}

/// How a grouping compares with who they are.
private struct GroupingFigures {
  var precision = 1.0
  /// Of the pairs of one person.
  var recall = 0.0
  var groupsPerPersonAndVideo = 0.0
  var groupsPerPerson = 0.0

  init(_ groups: [PersonGroup], people: [String], videos: [String]) {
    var groupOf = [Int](repeating: 0, count: people.count)
    for (number, group) in groups.enumerated() {
      for track in group.tracks { groupOf[track] = number }
    }
    var (joined, right, own) = (0, 0, 0)
    for one in people.indices {
      for other in 0..<one {
        let isOne = people[one] == people[other]
        let isJoined = groupOf[one] == groupOf[other]
        joined += isJoined ? 1 : 0
        right += isJoined && isOne ? 1 : 0
        own += isOne ? 1 : 0
      }
    }
    if joined > 0 { precision = Double(right) / Double(joined) }
    recall = Double(right) / Double(max(1, own))
    func mean(_ keys: [String]) -> Double {
      let groups = Set(keys.indices.map { "\(keys[$0]) \(groupOf[$0])" }).count
      return Double(groups) / Double(Set(keys).count)
    }
    groupsPerPerson = mean(people)
    groupsPerPersonAndVideo = mean(zip(people, videos).map { "\($0) \($1)" })
  }

  func show(_ name: String) {
    print(
      String(
        format: "%@: precision %.4f, recall %.3f, groups a person %.2f, a person and video %.2f",
        name, precision, recall, groupsPerPerson, groupsPerPersonAndVideo))
  }
}

/// Writes the weights with what they say of strangers.
func strangers(weights path: String, output: String) throws {
  let (weights, metadata) = try Safetensors.read(path)
  try writeWeights(weights.withStrangers(128, threads: 2), metadata: metadata, to: output)
}

/// Groups of the people of a list, and of rendered people, as `identity suggest` makes them.
func people(weights path: String, list: String, seed: UInt64) throws {
  let weights = try Safetensors.read(path).parameters
  let net = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: weights)
  let strangers = try NetEmbedding.strangers(of: weights)
  let url = URL(fileURLWithPath: list)
  let faces = try JSONDecoder().decode([AnnotatedFace].self, from: Data(contentsOf: url))
  let embeddings = try faces.map { face in
    let file = url.deletingLastPathComponent().appendingPathComponent(face.file)
    return net.embedding(
      of: GrayImage(try ImageFile.read(path: file.path)), landmarks: face.landmarks68)
  }
  for (name, first) in [("all", ""), ("people nobody trained on", "p080")] {
    let chosen = faces.indices.filter { faces[$0].person >= first }
    show(
      name, strangers, chosen.map { embeddings[$0] }, people: chosen.map { faces[$0].person },
      videos: chosen.map { faces[$0].video })
  }
  // Other people than those that weights are trained on.
  let rendered = SyntheticPortraits(people: 40, portraitsEach: 24, seed: seed).rendered(threads: 2)
    .filter { $0.showsFace(upTo: 60) }
  var numbers: [Int: Int] = [:]
  let videos = rendered.map { portrait -> String in
    numbers[portrait.person, default: -1] += 1
    return "\(portrait.person)/\((numbers[portrait.person] ?? 0) / 6)"
  }
  show(
    "rendered people", strangers,
    rendered.map { net.embedding(of: $0.beforeGrey, landmarks: $0.landmarks) },
    people: rendered.map { "\($0.person)" }, videos: videos)
}

/// Frame by frame, and the frames of a video as one track.
private func show(
  _ name: String, _ strangers: FloatRows?, _ embeddings: [[Float]], people: [String],
  videos: [String]
) {
  let grouping = PersonGrouping(threshold: NetEmbedding.threshold, strangers: strangers)
  GroupingFigures(
    grouping.groups(of: embeddings.map { PersonTrack(embedding: $0) }, apart: []), people: people,
    videos: videos
  ).show("\(name), \(embeddings.count) single frames")
  let names = Set(videos).sorted()
  let tracks = names.map { name in
    let own = videos.indices.filter { videos[$0] == name }
    return (
      embedding: meanDirection(of: own.map { embeddings[$0] }) ?? embeddings[own[0]],
      person: people[own[0]]
    )
  }
  GroupingFigures(
    grouping.groups(of: tracks.map { PersonTrack(embedding: $0.embedding) }, apart: []),
    people: tracks.map(\.person), videos: names
  ).show("\(name), \(tracks.count) tracks")
}

/// Seconds to group so many tracks of so many people, and to add a hundred to those that have names.
func crowd(tracks count: Int, people: Int) {
  var generator = SeededGenerator(seed: 1)
  func direction() -> [Float] {
    let values = (0..<2 * EmbeddingNetwork.count).map { _ in Float(generator.nextGaussian()) }
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return values.map { $0 / length }
  }
  let centres = (0..<people).map { _ in direction() }
  func track(_ person: Int) -> PersonTrack {
    let noise = direction()
    return PersonTrack(
      embedding: meanDirection(of: [centres[person], noise.map { $0 * 0.4 }]) ?? noise)
  }
  var tracks = (0..<count).map { track($0 * 7919 % people) }
  let grouping = PersonGrouping(threshold: NetEmbedding.threshold)
  func timed(_ name: String) -> [PersonGroup] {
    let start = Date()
    let groups = grouping.groups(of: tracks, apart: [])
    print(
      String(
        format: "%@: %d tracks in %d groups, %.1f s", name, tracks.count, groups.count,
        Date().timeIntervalSince(start)))
    return groups
  }
  for (number, group) in timed("all").enumerated() {
    for index in group.tracks { tracks[index].person = number }
  }
  tracks += (0..<100).map { track($0 % people) }
  _ = timed("100 more")
}
