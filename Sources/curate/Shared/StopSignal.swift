import Glibc
import Synchronization

/// Turns the first Ctrl-C, or a scheduler's SIGTERM, into a request to stop at a good moment.
///
/// The second one ends the process as always.
enum StopSignal {
  private static let requested = Atomic(false)

  static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        StopSignal.requested.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Ends work that the same command goes on with.
  struct Stopped: Error {}

  static func check() throws {
    if isRequested { throw Stopped() }
  }
}
