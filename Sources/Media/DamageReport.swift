/// What went wrong while a file was decoded.
struct DamageReport {
  /// The container says that the file should be longer.
  var isFileShort = false
  /// Why reading stopped, when not at the end.
  var readError: String?
  /// Packets that arrived incomplete.
  var corruptPackets = 0
  /// Times the decoder refused its data.
  var decodingErrors = 0
  /// Frames of which the decoder made up a part.
  var damagedFrames = 0
  /// Refusals since the last good frame.
  var failuresInARow = 0

  /// A decoder that only fails will not recover.
  var hasGivenUp: Bool { failuresInARow > 10_000 }

  mutating func noteFailure() {
    decodingErrors += 1
    failuresInARow += 1
  }

  /// One phrase for people; nil when all is well.
  func phrase(frames: Int, promised: Int?, isComplete: Bool) -> String? {
    let isShort = isComplete && frames < promised ?? 0
    let count = promised.map { "\(frames) of \($0) frames" } ?? "\(frames) frames"
    let faults = decodingErrors + damagedFrames + corruptPackets
    if isFileShort || readError != nil {
      guard isComplete else { return "truncated" }
      return "truncated: \(count)" + (isFileShort ? "" : readError.map { ", \($0)" } ?? "")
    }
    if faults > 0 {
      return "corrupt: \(faults) decoding \(faults == 1 ? "error" : "errors") in \(count)"
    }
    return isShort ? "incomplete: \(count)" : nil
  }
}
