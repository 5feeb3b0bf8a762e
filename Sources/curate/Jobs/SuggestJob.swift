import Augment
import Catalog
import FaceCore

/// Groups the tracks of a catalogue by person: who of the new ones is somebody that has a name, and who
/// of the others belong together.
struct SuggestJob {
  let workspace: Workspace
  let model: EmbeddingModel
  /// Mean cosine from which two groups are one person; nil for the model's own, which asks more of faces that
  /// are like many.
  let threshold: Float?
  /// New people with fewer faces are left out.
  let leastFaces: Int

  /// What is known of a person, and which tracks would get the name.
  struct Suggestion {
    var name: String
    /// Whether nobody has that name yet.
    var isNew: Bool
    /// Without a name so far.
    var tracks: [TrackRecord]
    /// Mean cosine between two tracks, those that have the name included; nil for one track.
    var likeness: Float?
    /// Faces that show who it is: in each band of yaw the one that is most like all.
    var examples: [Int64]

    var faces: Int { tracks.reduce(0) { $0 + $1.faceCount } }
    var videos: Int { Set(tracks.map(\.video)).count }
  }

  struct Result {
    /// Those who have a name first, then by the number of faces.
    var suggestions: [Suggestion]
    /// Tracks without a name that are in none of them, for they have too few faces or no embedding.
    var leftOut: Int
  }

  func run() throws -> Result {
    let embeddings = Dictionary(
      grouping: try workspace.embeddings(model: model.key), by: \.track)
    let all = try workspace.tracks()
    let names = Set(all.compactMap(\.identity)).sorted()
    var tracks: [TrackRecord] = []
    var people: [PersonTrack] = []
    for track in all {
      guard let mean = meanDirection(of: (embeddings[track.key] ?? []).map(\.vector)) else {
        continue
      }
      tracks.append(track)
      people.append(
        PersonTrack(
          embedding: mean, person: track.identity.flatMap { names.firstIndex(of: $0) }))
    }
    let places = Dictionary(uniqueKeysWithValues: tracks.enumerated().map { ($1.key, $0) })
    let apart = try workspace.tracksTogether().compactMap { one, other in
      places[one].flatMap { first in places[other].map { (first, $0) } }
    }
    let grouping = PersonGrouping(
      threshold: threshold ?? model.threshold,
      strangers: threshold == nil ? try model.strangers() : nil)
    let groups = grouping.groups(of: people, apart: apart)
    var suggestions = groups.compactMap { group -> Suggestion? in
      let members = group.tracks.map { tracks[$0] }
      let nameless = members.filter { $0.identity == nil }
      let isLarge = group.person != nil || nameless.reduce(0) { $0 + $1.faceCount } >= leastFaces
      guard !nameless.isEmpty, isLarge else { return nil }
      return Suggestion(
        name: group.person.map { names[$0] } ?? "", isNew: group.person == nil, tracks: nameless,
        likeness: group.likeness,
        examples: medoids(of: nameless.flatMap { embeddings[$0.key] ?? [] }).map(\.face.face))
    }
    suggestions.sort { ($0.isNew ? 1 : 0, -$0.faces) < ($1.isNew ? 1 : 0, -$1.faces) }
    try nameNewPeople(&suggestions)
    let named = suggestions.reduce(0) { $0 + $1.tracks.count }
    return Result(
      suggestions: suggestions, leftOut: all.filter { $0.identity == nil }.count - named)
  }

  /// "person-1" and so on, past all that there are.
  private func nameNewPeople(_ suggestions: inout [Suggestion]) throws {
    let taken = Set(try workspace.identities().map(\.name))
    var number = 0
    for index in suggestions.indices where suggestions[index].isNew {
      repeat { number += 1 } while taken.contains("person-\(number)")
      suggestions[index].name = "person-\(number)"
    }
  }
}

/// Five bands of yaw, in degrees, from image-left to image-right.
enum YawBand: Int, CaseIterable {
  case left, halfLeft, front, halfRight, right

  init(yaw: Double) {
    self =
      yaw < -50
      ? .left : yaw < -20 ? .halfLeft : yaw <= 20 ? .front : yaw <= 50 ? .halfRight : .right
  }

  var name: String {
    switch self {
    case .left: "below -50"
    case .halfLeft: "-50 to -20"
    case .front: "-20 to 20"
    case .halfRight: "20 to 50"
    case .right: "above 50"
    }
  }
}

/// In each band of yaw the face that is most like all of them, with how many there are.
func medoids(
  of faces: [FaceEmbedding]
) -> [(band: YawBand, face: FaceEmbedding, count: Int)] {
  let bands = Dictionary(grouping: faces) { YawBand(yaw: $0.yaw) }
  return YawBand.allCases.compactMap { band in
    guard let faces = bands[band], let at = medoid(of: faces.map(\.vector)) else { return nil }
    return (band, faces[at], faces.count)
  }
}
