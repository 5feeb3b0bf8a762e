public import FaceCore
public import Foundation
import Media

/// A run for TensorBoard: an event file for each time it is begun or resumed.
public final class TensorBoardLog {
  public static let folderName = "tensorboard"
  /// Steps between two lines of scalars.
  private static let interval = 10

  private let folder: URL
  /// Made at the first step, when the run has its folder for itself.
  private var file: (url: URL, handle: FileHandle)?
  private var lastStep = Int.max

  /// - Parameter run: The run's folder.
  public init(run: URL) {
    folder = run.appending(path: Self.folderName)
  }

  /// Writes every tenth step, and those that have more to say.
  ///
  /// Throws when the file cannot be written.
  public func add(_ report: TrainingReport) throws {
    // Also after going back to a checkpoint: TensorBoard forgets what was undone.
    if report.step <= lastStep { try write(.start, step: report.step) }
    lastStep = report.step
    guard report.step % Self.interval == 0 || report.heldOut != nil || report.quality != nil
    else { return }
    try write(.scalars(Self.scalars(of: report)), step: report.step)
  }

  /// Writes a preview, as it is.
  public func add(preview: Image, step: Int) throws {
    let png = try PNG.encode(preview)
    try write(
      .picture(tag: "preview", width: preview.width, height: preview.height, png: png), step: step)
  }

  private static func scalars(of report: TrainingReport) -> [(tag: String, value: Float)] {
    var scalars: [(tag: String, value: Float)] = [
      ("loss/source", report.source.loss), ("loss/target", report.target.loss),
      ("speed/steps per second", Float(report.rate)),
      ("speed/data wait", Float(report.wait)),
      ("learning rate", report.learningRate),
    ]
    if let heldOut = report.heldOut {
      scalars += [("held out/source", heldOut.source), ("held out/target", heldOut.target)]
    }
    let unseen = report.quality?.unseen
    if let face = unseen?.source { scalars.append(("held out SSIM/source", Float(face.ssim))) }
    if let face = unseen?.target { scalars.append(("held out SSIM/target", Float(face.ssim))) }
    if let swap = report.quality?.swap {
      scalars += [
        ("swap against truth/PSNR", Float(swap.psnr)),
        ("swap against truth/SSIM", Float(swap.ssim)),
        ("swap against truth/worst tenth PSNR", Float(swap.worstPSNR)),
        ("swap against truth/worst tenth SSIM", Float(swap.worstSSIM)),
      ]
    }
    return scalars
  }

  private func write(_ content: EventRecord.Content, step: Int) throws {
    try FileError.naming(folder.path) {
      if file == nil { file = try begin() }
      let record = EventRecord(time: Date().timeIntervalSince1970, step: step, content: content)
      try file?.handle.write(contentsOf: record.framed)
    }
  }

  /// Named so that the latest comes last, as TensorBoard reads them.
  private func begin() throws -> (url: URL, handle: FileHandle) {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let time = Date().timeIntervalSince1970
    let name = String(format: "events.out.tfevents.%010d.curate.", Int(time))
    let process = ProcessInfo.processInfo.processIdentifier
    var url = folder.appending(path: "\(name)\(process).0")
    var number = 0
    while FileManager.default.fileExists(atPath: url.path) {
      number += 1
      url = folder.appending(path: "\(name)\(process).\(number)")
    }
    let version = EventRecord(time: time, step: 0, content: .version)
    try version.framed.write(to: url)
    let handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    return (url, handle)
  }
}
