internal import CTorch

/// Processes that train one model together, each on its share of every batch.
///
/// For one thread at a time.
public final class TorchGroup {
  /// Where a process stands among the others.
  public struct Place: Hashable, Sendable {
    /// 0 for the one that keeps the run's files.
    public let rank: Int
    public let size: Int
    /// Of the first process's machine.
    public let host: String
    /// 1 to 65 535.
    public let port: Int
    /// Tells this meeting from others at the same place.
    public let prefix: String
    /// Whether this process is the one that the others find there.
    public let serves: Bool
    /// Among the processes of this machine: the number of its GPU.
    public let localRank: Int?

    public init(
      rank: Int, size: Int, host: String = "127.0.0.1", port: Int = 29_500,
      prefix: String = "curate",
      serves: Bool? = nil, localRank: Int? = nil
    ) {
      (self.rank, self.size, self.host, self.port) = (rank, size, host, port)
      (self.prefix, self.serves, self.localRank) = (prefix, serves ?? (rank == 0), localRank)
    }

    /// What the variables of torchrun (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, LOCAL_RANK) or, where
    /// those are not set, of Slurm say; nil for a process that is alone.
    ///
    /// Throws `mismatch` when they contradict each other.
    public init?(environment: [String: String]) throws(NetworksError) {
      func number(_ names: String...) throws(NetworksError) -> Int? {
        for name in names {
          guard let text = environment[name], !text.isEmpty else { continue }
          guard let value = Int(text), value >= 0 else {
            throw NetworksError(
              code: .mismatch, subject: "variable \(name)", reason: "\(text) is no number")
          }
          return value
        }
        return nil
      }
      // A shell in a Slurm job has its variables too: only with an address is it one of many.
      guard let host = environment["MASTER_ADDR"], !host.isEmpty,
        let size = try number("WORLD_SIZE", "SLURM_NTASKS"), size > 1
      else { return nil }
      guard let rank = try number("RANK", "SLURM_PROCID"), rank < size else {
        throw NetworksError(
          code: .mismatch, subject: "variable RANK", reason: "is to be one of 0 to \(size - 1)")
      }
      let port = try number("MASTER_PORT") ?? 29_500
      guard (1...65_535).contains(port) else {
        throw NetworksError(
          code: .mismatch, subject: "variable MASTER_PORT", reason: "\(port) is no port")
      }
      // Under torchrun an agent serves already, for each attempt under another name.
      let isServed = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
      self.init(
        rank: rank, size: size, host: host, port: port,
        prefix: "curate/\(environment["TORCHELASTIC_RESTART_COUNT"] ?? "0")",
        serves: rank == 0 && !isServed, localRank: try number("LOCAL_RANK", "SLURM_LOCALID"))
    }
  }

  public let place: Place
  private let engine: TorchEngine
  let handle: OpaquePointer

  /// Waits for the others, `timeout` seconds at most; the same holds for every exchange later.
  ///
  /// Throws `engineFailed` when they do not come.
  public init(_ place: Place, engine: TorchEngine, timeout: Double = 600) throws(NetworksError) {
    (self.place, self.engine) = (place, engine)
    guard engine.hasGroups else {
      throw NetworksError(
        code: .engineUnavailable, subject: "engine torch",
        reason: "was built without gloo; install libgloo-dev and run: make engine TORCH=…")
    }
    var joined: OpaquePointer?
    let status = engine.functions.join(
      place.host, Int32(place.port), place.prefix, place.serves, Int32(place.rank),
      Int32(place.size), timeout, &joined)
    guard status == 0, let joined else {
      throw engine.error(status, "process \(place.rank) of \(place.size)")
    }
    handle = joined
  }

  deinit { engine.functions.leave(handle) }

  /// Everybody's numbers, of which each has as many, in the order of rank.
  public func gather(_ own: [Double]) throws(NetworksError) -> [[Double]] {
    var all = [Double](repeating: 0, count: own.count * place.size)
    let status = engine.functions.gather(handle, own, Int32(own.count), &all)
    guard status == 0 else { throw engine.error(status, "process group") }
    return (0..<place.size).map { Array(all[$0 * own.count..<($0 + 1) * own.count]) }
  }

  /// Whether all say the same.
  public func agrees(on text: String) throws(NetworksError) -> Bool {
    // FNV-1a (Fowler, Noll, Vo), in halves that a double holds.
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let own = [Double(hash >> 32), Double(hash & 0xffff_ffff)]
    return try gather(own).allSatisfy { $0 == own }
  }

  /// Gives all processes the weights and moments of the first.
  public func spread(_ executable: TorchExecutable) throws(NetworksError) {
    let status = engine.functions.spread(handle, executable.model)
    guard status == 0 else { throw engine.error(status, "process group") }
  }
}
