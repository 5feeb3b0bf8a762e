import Align
import Catalog
import FaceCore
import Foundation

/// Takes measures anew whose rules are newer than what filled them, from the crops that are kept.
struct MeasureJob {
  let workspace: Workspace
  /// What was done.
  struct Result {
    var faces = 0
    var videos = 0
    /// Crops that are not there or cannot be read.
    var missing = 0
    var wasStopped = false
  }

  /// Faces that are measured at once and written together.
  private static let batch = 256

  /// The videos that lack something, with what they lack; all measures where `again` is set.
  func work(again: Bool) throws -> [(video: VideoRecord, rules: MeasureRules)] {
    try workspace.videos(in: [.done, .partial]).map { video in
      let stale =
        again && video.faceCount > 0
        ? squareRules : try workspace.staleRules(squareRules, of: video)
      return (video, stale)
    }.filter { !$0.rules.isEmpty }
  }

  func run(again: Bool, progress: (Progress) -> Void) throws -> Result {
    let (work, occlusion) = (try work(again: again), try OcclusionMeter())
    let total = work.reduce(0) { $0 + $1.video.faceCount }
    var result = Result()
    for (video, rules) in work {
      while true {
        guard !StopSignal.isRequested else {
          result.wasStopped = true
          return result
        }
        let faces = try workspace.facesToMeasure(rules, of: video, limit: Self.batch)
        guard !faces.isEmpty else { break }
        let measured = try measures(of: faces, in: video, occlusion)
        result.missing += measured.filter { $0.measures == nil }.count
        try workspace.keep(measured, rules: rules, of: video)
        result.faces += faces.count
        progress(Progress(done: result.faces, total: total))
      }
      try workspace.finishMeasuring(rules, of: video)
      result.videos += 1
    }
    return result
  }

  /// Of each face by itself, on all cores; nil where the crop is not there.
  private func measures(
    of faces: [FaceRecord], in video: VideoRecord, _ occlusion: OcclusionMeter
  ) throws -> [(face: FaceRecord, measures: [Measure]?)] {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let measured = concurrentMap(faces, threads: threads) { face in
      // What is missing or damaged is counted, and `curate check` says more of it.
      try? measures(of: face, in: video, occlusion)
    }
    return zip(faces, measured).map { ($0, $1) }
  }

  private func measures(
    of face: FaceRecord, in video: VideoRecord, _ occlusion: OcclusionMeter
  ) throws -> [Measure]? {
    guard let picture = try workspace.crops.picture(named: face.crop.name) else { return nil }
    return squareMeasures(
      of: face.landmarks, pose: face.pose, in: picture,
      transform: face.crop.transform, width: video.facts.width, height: video.facts.height,
      occlusion: occlusion)
  }
}
