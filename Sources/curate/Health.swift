import ArgumentParser
import Catalog
import FaceCore

struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Say what a query's faces are like: how many, how good, in what light, and the worst.",
    discussion: """
      Faces, tracks, clusters of near-duplicates and videos are each counted by themselves. Of every \
      measure the numbers are given of which 5, 25, 50, 75 and 95 of 100 faces are below: floors are \
      best set from them. The worst faces are those that rank low in most respects.

      --page writes all of it as one HTML file, with faces, and once `curate dedup` has looked at them \
      with what is most like some of them.

      """ + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "The query; all faces unless told.")
  var query = ""

  @Option(help: "How many of the worst faces to name.")
  var worst = 20

  @Option(help: "Write a page (HTML) that shows it, with faces.")
  var page: String?

  func validate() throws {
    guard worst >= 0 else { throw ValidationError("--worst is not negative") }
  }

  func run() throws {
    try FacePage.check(page)
    let faceQuery = try FaceQuery(typed: query)
    let opened = try workspace.open(.readOnly)
    let report = try HealthReport(of: opened, faceQuery, worst: worst)
    if let page {
      try HealthPage(workspace: opened, query: faceQuery, report: report).write(to: page)
    }
    try output.show(report) { report.text }
  }
}
