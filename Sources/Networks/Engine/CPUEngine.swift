internal import CKernels
internal import COpenBLAS
internal import Foundation

/// Runs networks on the processor, in 32-bit floats.
///
/// The result is the same to the last bit for any number of threads.
public struct CPUEngine: Sendable {
  /// What does the matrix products, for a report to the user.
  public struct Library: Hashable, Sendable {
    /// The OpenBLAS kernels in use, such as "SkylakeX".
    public let core: String
    /// True when another library had loaded OpenBLAS before, so that its kernels were chosen by
    /// the variable OPENBLAS_CORETYPE or its own detection.
    public let wasAlreadyLoaded: Bool
  }

  /// What a processor can do, each of them more than the next.
  public enum Instructions: String, Hashable, Sendable, CaseIterable {
    case avx512, avx2, generic
  }

  public let threads: Int
  public let library: Library
  /// What the convolutions are computed with.
  public let instructions: Instructions
  private let functions: winograd_kernels

  /// Takes as many threads as there are processors, and the best instructions of this one,
  /// unless told.
  ///
  /// Throws where OpenBLAS is not installed, or the processor lacks the instructions.
  public init(
    threads: Int? = nil, instructions: Instructions? = nil
  ) throws(NetworksError) {
    guard let found = winograd_find(instructions?.rawValue) else {
      throw NetworksError(
        code: .engineUnavailable, subject: "instructions \(instructions?.rawValue ?? "")",
        reason: "this processor does not have them")
    }
    functions = found.pointee
    self.instructions = Instructions(rawValue: String(cString: functions.name)) ?? .generic

    if let reason = openblas_open() {
      throw NetworksError(
        code: .engineUnavailable, subject: "OpenBLAS", reason: String(cString: reason))
    }
    self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    library = Library(
      core: openblas_core().map { String(cString: $0) } ?? "unknown",
      wasAlreadyLoaded: openblas_was_loaded())
  }

  public enum Purpose: Hashable, Sendable {
    /// Forward only; buffers are used again as soon as they are free.
    case inference
    case training
  }

  /// Plans the memory and picks the kernels.
  ///
  /// The executable keeps `parameters` and reads them at each run, so several executables may share
  /// them, on one thread at a time.
  ///
  /// - Parameter wantsInputGradient: Whether `backward` also leaves the slope of the loss in the input, for
  ///   a network that comes after another one.
  /// - Throws: When `parameters` lacks an array of the network or has it in another shape.
  public func compile(
    _ network: Network, batch: Int, for purpose: Purpose, parameters: Parameters,
    wantsInputGradient: Bool = false
  ) throws(NetworksError) -> Executable {
    precondition(batch > 0, "a batch has at least one sample")
    let known = Set(parameters.entries)
    for parameter in network.parameters where !known.contains(parameter) {
      throw NetworksError(
        code: .mismatch, subject: parameter.name,
        reason: "the weights have no such array of shape \(parameter.shape)")
    }
    return Executable(
      network: network, batch: batch, purpose: purpose, parameters: parameters,
      wantsInputGradient: wantsInputGradient && purpose == .training,
      workers: Workers(threads: threads), functions: functions)
  }
}
