import Align
import Catalog
import Dispatch
import FaceCore
import Synchronization

/// Tells of faces what their tracks know: whose head it is, how it turns from frame to frame, where its light
/// comes from, how much its landmarks tremble.
struct PoseJob {
  let workspace: Workspace

  /// What was done.
  struct Result {
    /// People, or tracks without a name, whose heads were fitted.
    var heads = 0
    /// Faces whose pose or light is another now.
    var changed = 0
    var wasStopped = false
  }

  /// Faces that a head is fitted to, at most; and at least, for fewer look alike.
  private static let (most, least) = (200, 30)
  /// How far a head must turn for its depth to be told, in degrees of yaw from its 10th to its 90th
  /// percentile.
  private static let turn = 20.0
  /// Faces of a track that are seen together, so that memory is bounded.
  private static let chunk = 4096
  /// Faces to either side that say something of those between.
  private static let margin = 64

  /// Each track of a video by itself, when its import ends.
  func run(_ video: VideoRecord) throws {
    for track in try workspace.faceTracks(of: video) { _ = try run([track]) }
    try workspace.finishMeasuring(trackRules, of: video)
  }

  /// All faces: of each person together, of tracks without a name one by one.
  func run(progress: (Progress) -> Void) throws -> Result {
    let tracks = try workspace.faceTracks()
    var result = Result()
    var done = 0
    let total = tracks.reduce(0) { $0 + $1.faceCount }
    let people = Dictionary(grouping: tracks.filter { $0.identity != nil }) { $0.identity }
      .values.sorted { $0[0].video < $1[0].video }
    for group in people + tracks.filter({ $0.identity == nil }).map({ [$0] }) {
      guard !StopSignal.isRequested else {
        result.wasStopped = true
        return result
      }
      let (isFitted, changed) = try run(group)
      result.heads += isFitted ? 1 : 0
      result.changed += changed
      done += group.reduce(0) { $0 + $1.faceCount }
      progress(Progress(done: done, total: total))
    }
    for video in try workspace.videos(in: [.done, .partial]) where video.faceCount > 0 {
      try workspace.finishMeasuring(trackRules, of: video)
    }
    return result
  }

  /// The tracks of one person.
  private func run(_ tracks: [FaceTrack]) throws -> (isFitted: Bool, changed: Int) {
    let cameras = Dictionary(
      uniqueKeysWithValues: Set(tracks.map(\.video)).sorted().enumerated().map {
        ($0.element, $0.offset)
      })
    let shapes = try heads(of: tracks, cameras: cameras)
    var changed = 0
    for track in tracks {
      let shape = shapes?[cameras[track.video] ?? 0] ?? .mean
      for start in stride(from: 0, to: track.faceCount, by: Self.chunk) {
        let before = min(start, Self.margin)
        let faces = try workspace.faces(
          of: track, limit: before + Self.chunk + Self.margin, offset: start - before)
        let (marks, ordinals) = (faces.map(\.landmarks), faces.map(\.ordinal))
        let told = TrackPoses(of: marks, ordinals: ordinals, shape: shape)
        let lights = trackLights(
          faces.map(\.seenLight), of: marks, poses: told.poses, ordinals: ordinals)
        changed += try workspace.keep(
          faces.indices.dropFirst(before).prefix(Self.chunk).map {
            (
              faces[$0],
              ToldFace(pose: told.poses[$0], jitter: told.jitter[$0], light: lights[$0])
            )
          })
      }
    }
    return (shapes != nil, changed)
  }

  /// The person's head as each camera sees it; nil where too little is seen to tell it from the mean.
  private func heads(of tracks: [FaceTrack], cameras: [Int64: Int]) throws -> [HeadShape]? {
    let count = tracks.reduce(0) { $0 + $1.faceCount }
    guard count >= Self.least else { return nil }
    let step = max(1, count / Self.most)
    var (faces, views): ([Landmarks], [Int]) = ([], [])
    for track in tracks {
      let some = try workspace.faces(of: track, every: step, includesRejected: false)
      faces += some.map(\.landmarks)
      views += some.map { _ in cameras[track.video] ?? 0 }
    }
    guard faces.count >= Self.least else { return nil }
    let yaws = faces.map { headPose(of: $0).yaw }.sorted()
    guard yaws[yaws.count * 9 / 10] - yaws[yaws.count / 10] >= Self.turn else { return nil }
    return HeadShape.fitted(to: faces, cameras: views, cameraCount: cameras.count)
  }
}
