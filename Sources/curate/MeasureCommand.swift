import ArgumentParser
import Catalog
import FaceCore

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Take measures that are new, or have better rules, of faces that are in already.",
    discussion: """
      Only columns whose rule is newer than what filled them are taken, from the kept crops; videos \
      are not read. upscaled, blockiness and interlaced tell of the frame itself: faces that came in \
      without them stay without.

      Then the head of each person is fitted to all their faces, of a track without a name to its \
      own; poses are told by it, and poses and lights by the frames around them. Do this after naming \
      people.

      Interrupt it at any time and run it again: it goes on where it was. Measures, poses and lights \
      are facts, not decisions: undo does not know them, and manifests keep what they were made with.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Flag(help: "Take all measures of the crops, also those that are up to date.")
  var again = false

  @Flag(help: "Only say how many faces would be measured.")
  var dryRun = false

  func run() throws {
    if dryRun {
      let work = try MeasureJob(workspace: try workspace.open(.readOnly)).work(again: again)
      let faces = work.reduce(0) { $0 + $1.video.faceCount }
      return warn("\(faces) faces of \(work.count) videos; nothing was changed")
    }
    StopSignal.watch()
    let opened = try workspace.openForWriting()
    let crops = progress.reporter("measure", unit: "faces")
    let measured = try MeasureJob(workspace: opened).run(again: again) { crops.report($0) }
    crops.finish("\(measured.faces) faces of \(measured.videos) videos")
    let heads = progress.reporter("poses", unit: "faces")
    var wasStopped = measured.wasStopped
    if !wasStopped {
      let told = try PoseJob(workspace: opened).run { heads.report($0) }
      heads.finish("\(told.heads) heads fitted, \(told.changed) faces changed")
      wasStopped = told.wasStopped
    }
    if wasStopped { warn("stopped; run the same command again to go on") }
    if measured.missing > 0 {
      warn("Error: \(measured.missing) crops are missing or damaged: curate check, curate repair")
    }
    if wasStopped || measured.missing > 0 { throw ExitCode.partly }
  }
}
