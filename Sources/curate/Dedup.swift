import ArgumentParser
import Augment
import Catalog
import FaceCore
import Foundation

struct Dedup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Mark near-duplicates: of each moment the best face is kept.",
    discussion: """
      Faces are duplicates that are the same crop, that follow each other along a track with hardly \
      a change, or that show one moment in several videos. Hashes of the aligned faces propose; \
      pose, expression, light and time decide. Any two faces of a cluster are near each other. Two \
      faces of one frame, of two people with names, or plain and dark ones of different tracks are \
      never taken for each other.

      Of a cluster that face is kept that is, in this order: accepted by hand; not rejected; larger \
      (pixels between the eyes, within 10 % of the largest); sharper (within 10 %); better in its \
      landmarks and exposure (within 0.05); in the larger crop; the sharpest; the first. A face that \
      was accepted by hand is never marked.

      Nothing is deleted: marked faces are found by `duplicate` and left out by `not duplicate`. \
      Each run looks at all faces of the query anew and makes their marks anew; those of other faces \
      stay. `curate undo` takes a run back. Faces are hashed from their crops when they are first \
      looked at, which is kept, also by --dry-run.

      """ + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "The query; all faces unless told.")
  var query = ""

  @Option(help: "In how many of 256 bits the hashes of near faces differ at most, 0 to 64.")
  var distance = DuplicateLimits.plain.distance

  @Flag(help: "Say what would be marked, and mark nothing.")
  var dryRun = false

  @Flag(
    help: "Show how near the nearest faces are, and what each distance would mark; marks nothing.")
  var histogram = false

  @Flag(help: "Show how much of each video is in another, and where; marks nothing.")
  var overlap = false

  @Option(help: "Threads; as many as cores unless told. The result is the same for any number.")
  var threads: Int?

  func validate() throws {
    guard (0...64).contains(distance) else { throw ValidationError("--distance is 0 to 64") }
    guard threads ?? 1 > 0 else { throw ValidationError("--threads is more than 0") }
  }

  func run() throws {
    let faceQuery = try FaceQuery(typed: query)
    let opened = try workspace.openForWriting()
    let threads = self.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let leftOut = try hash(faceQuery, in: opened, threads: threads)
    let job = try DedupJob(opened, matching: faceQuery)
    var limits = DuplicateLimits.plain
    limits.distance = distance
    let search = DuplicateSearch(job.faces, distance: distance, threads: threads)
    let clusters = DuplicateClusters(search, within: limits)
    var report = DedupReport(job, search, clusters, limits)
    if histogram { report.addHistogram(search, limits) }
    if overlap { report.addOverlap(search, limits, names: try videoNames(opened)) }
    let pairs = job.pairs(DuplicateMarks(clusters, merits: job.merits))
    let marksNothing = dryRun || histogram || overlap
    let change =
      marksNothing
      ? try opened.duplicateChange(pairs, of: job.rows)
      : try opened.remarkDuplicates(pairs, of: job.rows, note: .now())
    report.add(change, isDryRun: marksNothing)
    try output.show(report) { report.text }
    warn(report.outcome)
    if leftOut > 0 { throw job.rows.isEmpty ? ExitCode.failure : ExitCode.partly }
  }

  /// Hashes what is new; says which faces are left out, and returns how many.
  private func hash(_ query: FaceQuery, in opened: Workspace, threads: Int) throws -> Int {
    StopSignal.watch()
    let reporter = progress.reporter("hash", unit: "faces")
    let result = try HashJob(workspace: opened, threads: threads).run(matching: query) {
      reporter.report($0)
    }
    if result.hashed > 0 { reporter.finish("\(result.hashed) faces hashed") }
    guard !result.wasStopped else {
      warn("stopped, nothing was marked; run the same command again to go on")
      throw ExitCode.partly
    }
    for problem in result.problems.prefix(10) { warn("Error: \(problem)") }
    if result.problems.count > 10 {
      warn("Error: \(result.problems.count - 10) more faces are left out; curate check lists them")
    }
    return result.problems.count
  }

  private func videoNames(_ opened: Workspace) throws -> [Int64: String] {
    let videos = try opened.videos()
    return Dictionary(videos.map { ($0.row, $0.name) }) { first, _ in first }
  }
}
