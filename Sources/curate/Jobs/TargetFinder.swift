import Align
import Catalog
import FaceCore
import Foundation
import Media

/// Where the target's face is in every frame of a video, without the tremble of the detector.
struct TargetFinder {
  /// Looked into first, where the video is one of its own; nil for none.
  var workspace: Workspace?
  /// Whose face it is; nil for the largest of each frame.
  var identity: String?

  /// Landmarks by frame ordinal, in pixels of the frame.
  ///
  /// From the catalogue when it holds the video and faces of this identity in it; found anew
  /// otherwise, and then the largest face of each frame is taken.
  func faces(in path: String, progress: (Progress) -> Void) throws -> [Int: Landmarks] {
    let seen = try catalogued(path) ?? found(path, progress: progress)
    return smoothed(seen)
  }

  /// A face in a frame, and the run of frames it is followed through.
  private struct Sighting {
    var ordinal: Int
    var seconds: Double
    var track: Int
    var landmarks: Landmarks
  }

  private func catalogued(_ path: String) throws -> [Sighting]? {
    guard let workspace, let identity,
      try workspace.identities().contains(where: { $0.name == identity })
    else { return nil }
    let sha256 = try Digest.hex(ofFile: path)
    guard let video = try workspace.videos().first(where: { $0.facts.sha256 == sha256 }),
      video.state.isFinished
    else { return nil }
    let query = FaceQuery(
      .and([
        .compare(.identity, .equal, .text(identity)),
        .compare(.video, .equal, .text(video.name)),
      ]))
    var sightings: [Int: (size: Double, sighting: Sighting)] = [:]
    try workspace.forEachFace(matching: query) { face in
      guard face.videoSHA256 == sha256, face.size > sightings[face.id.ordinal]?.size ?? 0 else {
        return
      }
      sightings[face.id.ordinal] = (
        face.size,
        Sighting(
          ordinal: face.id.ordinal, seconds: face.time.seconds, track: face.track,
          landmarks: face.landmarks)
      )
    }
    return sightings.isEmpty ? nil : sightings.values.map(\.sighting)
  }

  private func found(_ path: String, progress: (Progress) -> Void) throws -> [Sighting] {
    var reader = try VideoReader(path: path)
    let aligner = try FaceAligner()
    var follower = VideoAligner()
    var sightings: [Sighting] = []
    while let frame = try reader.next() {
      let seen = try follower.frame(frame.luma, number: frame.ordinal, using: aligner)
      progress(Progress(done: frame.ordinal + 1, total: reader.info.frameCount))
      let largest = seen.faces.max {
        $0.landmarks.interEyeDistance < $1.landmarks.interEyeDistance
      }
      guard let largest else { continue }
      sightings.append(
        Sighting(
          ordinal: frame.ordinal, seconds: frame.timestamp.seconds, track: largest.track,
          landmarks: largest.landmarks))
    }
    return sightings
  }

  /// Each track by itself, so that nothing is averaged across people or cuts.
  private func smoothed(_ sightings: [Sighting]) -> [Int: Landmarks] {
    var result: [Int: Landmarks] = [:]
    for (_, run) in Dictionary(grouping: sightings, by: \.track) {
      let run = run.sorted { $0.ordinal < $1.ordinal }
      let calm = LandmarkSmoothing().smoothed(run.map(\.landmarks), times: run.map(\.seconds))
      for (sighting, landmarks) in zip(run, calm) { result[sighting.ordinal] = landmarks }
    }
    return result
  }
}
