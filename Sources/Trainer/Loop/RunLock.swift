import Foundation

/// Keeps a second training out of a run's folder.
///
/// The system lets go of it with the process, however that ends.
final class RunLock {
  private let descriptor: Int32

  /// Throws `busy` while another process, or another run of this one, has it.
  init(folder: URL) throws {
    let path = folder.appending(path: ".lock").path
    let opened = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard opened >= 0 else {
      throw TrainerError(
        code: .badFile, subject: path, reason: unsafe String(cString: strerror(errno)))
    }
    // Some shared disks know no locks; there nothing keeps two trainings apart.
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(opened)
      throw TrainerError(
        code: .busy, subject: folder.lastPathComponent,
        reason: "another training is at work on it; wait for its end")
    }
    descriptor = opened
  }

  deinit { close(descriptor) }
}
