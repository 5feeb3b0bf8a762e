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
  /// Whether someone asked for that person, so that nobody else will do.
  var isAsked = false

  /// Landmarks by frame ordinal, in pixels of the frame.
  ///
  /// Whose face is whose the catalogue says, where it holds the video; rejected faces count, for they are
  /// bad to learn from and still in the video. Frames that the import left out are looked at here. Where it
  /// does not know the person, the largest face of each frame is taken, and that is said.
  /// Throws `CommandError` where a person that was asked for is not there.
  func faces(in path: String, progress: (Progress) -> Void) throws -> [Int: Landmarks] {
    guard let known = try catalogued(path) else {
      let frames = try seen(in: path, progress)
      if frames.contains(where: { $0.faces.count > 1 }) {
        warn(
          "Warning: \(path): shows several people; the largest face of each frame is swapped. To choose, import it, "
            + "name them, and give --identity")
      }
      return smoothed(frames.compactMap { frame in frame.faces.max { $0.size < $1.size } })
    }
    guard !known.isWhole else { return smoothed(known.largest { $0 == identity }) }
    let frames = try seen(in: path, progress)
    let tracks = known.tracks(of: identity, among: frames)
    return smoothed(
      frames.compactMap { frame in
        frame.faces.filter { tracks.contains($0.track) }.max { $0.size < $1.size }
      })
  }

  /// A face in a frame, and the run of frames it is followed through.
  struct Sighting {
    var ordinal: Int
    var seconds: Double
    var track: Int
    var landmarks: Landmarks

    var size: Float { landmarks.interEyeDistance }
  }

  /// What the catalogue knows of a video.
  struct Known {
    /// Whether every face of every frame is in.
    var isWhole: Bool
    var faces: [(name: String?, sighting: Sighting)] = []

    /// The largest of each frame whose name is wanted.
    func largest(_ isWanted: (String?) -> Bool) -> [Sighting] {
      var largest: [Int: Sighting] = [:]
      for (name, face) in faces
      where isWanted(name) && face.size > largest[face.ordinal]?.size ?? 0 {
        largest[face.ordinal] = face
      }
      return Array(largest.values)
    }

    /// Those of the tracks found in its frames that are a person's: they lie where that person's faces lie
    /// more often than where others' do.
    func tracks(of name: String?, among frames: [SeenFrame]) -> Set<Int> {
      var votes: [Int: Int] = [:]
      let byFrame = Dictionary(grouping: faces, by: \.sighting.ordinal)
      for frame in frames {
        for (other, face) in byFrame[frame.ordinal] ?? [] {
          let same = frame.faces.max {
            $0.landmarks.box.overlap(with: face.landmarks.box)
              < $1.landmarks.box.overlap(with: face.landmarks.box)
          }
          guard let same, same.landmarks.box.overlap(with: face.landmarks.box) > 0.3 else {
            continue
          }
          votes[same.track, default: 0] += other == name ? 1 : -1
        }
      }
      return Set(votes.filter { $0.value > 0 }.map(\.key))
    }
  }

  /// The faces of a frame that was looked at.
  struct SeenFrame {
    var ordinal: Int
    var faces: [Sighting]
  }

  /// Nil where the catalogue cannot say who is the person wanted.
  private func catalogued(_ path: String) throws -> Known? {
    guard let identity else { return nil }
    guard let workspace else {
      guard !isAsked else {
        throw CommandError(
          "--identity \(identity): there is no workspace that knows whose face that is")
      }
      return nil
    }
    if isAsked { try workspace.checkIdentity(identity) }
    let sha256 = try Digest.hex(ofFile: path)
    guard let video = try workspace.videos().first(where: { $0.facts.sha256 == sha256 }) else {
      guard !isAsked else {
        throw CommandError(
          "\(path): is not in the catalogue, which so cannot say who is \(identity); import it first"
        )
      }
      return nil
    }
    let options = ImportOptions(parameters: video.parameters, identity: nil)
    var known = Known(isWhole: video.state.isFinished && options?.seesAll == true)
    let query = FaceQuery(
      .compare(.video, .equal, .text(video.name)), includesRejected: true)
    try workspace.forEachFace(matching: query) { face in
      guard face.videoSHA256 == sha256 else { return }
      known.faces.append(
        (
          face.identity,
          Sighting(
            ordinal: face.id.ordinal, seconds: face.time.seconds, track: face.track,
            landmarks: face.landmarks)
        ))
    }
    guard known.faces.contains(where: { $0.name == identity }) else {
      let others = Set(known.faces.compactMap(\.name)).sorted()
      let whom = others.isEmpty ? "" : ", but of " + others.joined(separator: ", ")
      let what = "\(path): the catalogue knows no face of \(identity) in it\(whom)"
      guard !isAsked else { throw CommandError(what) }
      warn("Warning: \(what); the largest face of each frame is swapped")
      return nil
    }
    return known
  }

  private func seen(in path: String, _ progress: (Progress) -> Void) throws -> [SeenFrame] {
    var reader = try VideoReader(path: path)
    let aligner = try FaceAligner()
    var follower = VideoAligner()
    var frames: [SeenFrame] = []
    while let frame = try reader.next() {
      let seen = try follower.frame(frame.luma, number: frame.ordinal, using: aligner)
      progress(Progress(done: frame.ordinal + 1, total: reader.info.frameCount))
      frames.append(
        SeenFrame(
          ordinal: frame.ordinal,
          faces: seen.faces.map {
            Sighting(
              ordinal: frame.ordinal, seconds: frame.timestamp.seconds, track: $0.track,
              landmarks: $0.landmarks)
          }))
    }
    return frames
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
