/// The members of a tar file, found once by their headers and read by their places since.
///
/// Reads what ``TarWriter`` writes and what `tar --format=ustar` makes of plain files: regular files
/// and folders, names of at most 100 bytes, or 255 with the folder apart. Everything else is refused rather than guessed.
public struct TarArchive: Sendable {
  public struct Member: Hashable, Sendable {
    /// As stored, without `./` before it.
    public let name: String
    /// Where its bytes begin in the file.
    public let offset: Int
    /// In bytes; more than 0.
    public let size: Int
  }

  public let path: String
  /// Bytes of the whole file.
  public let size: Int
  /// In the file's order; no name twice.
  public let members: [Member]

  /// Bytes of headers that are read at once.
  private static let window = 1 << 12

  /// Reads all headers and none of the contents.
  ///
  /// Throws ``MediaError``: what the file system says, and `corrupt` or `unsupported` for what is no
  /// archive, ends too early, or holds what should not be trusted: names that lead elsewhere, names
  /// twice, links, empty files.
  public init(path: String) throws(MediaError) {
    let length = try FileChecks.size(ofReadable: path)
    let file = try InputFile(path: path)
    var found: [Member] = []
    var names: Set<String> = []
    var offset = 0
    var window: (start: Int, bytes: [UInt8]) = (0, [])
    while true {
      if offset < window.start || offset + TarHeader.blockSize > window.start + window.bytes.count {
        window = (
          offset, try file.read(at: offset, count: min(Self.window, max(0, length - offset)))
        )
      }
      let start = offset - window.start
      guard start + TarHeader.blockSize <= window.bytes.count else {
        throw Self.corrupt(path, at: offset, "cut short: no end-of-archive mark")
      }
      let block = window.bytes[start..<start + TarHeader.blockSize]
      if block.allSatisfy({ $0 == 0 }) { break }
      let header = try Self.header(block, path: path, at: offset)
      guard header.span <= length - offset else {
        throw Self.corrupt(
          path, at: offset,
          "\(header.name) is said to have \(header.size) bytes, more than the file")
      }
      if let member = try Self.member(header, path: path, at: offset) {
        guard names.insert(member.name).inserted else {
          throw Self.corrupt(path, at: offset, "\(member.name) is there twice")
        }
        found.append(member)
      }
      offset += header.span
    }
    (self.path, size) = (path, length)
    members = found
  }

  /// The bytes of a member.
  ///
  /// May be called from any thread. Throws ``MediaError`` when the file cannot be read, or has become
  /// shorter.
  public func bytes(of member: Member) throws(MediaError) -> [UInt8] {
    try Self.bytes(of: member, in: path)
  }

  /// The bytes of a member of the archive at `path`, whose list need not be kept for that.
  public static func bytes(of member: Member, in path: String) throws(MediaError) -> [UInt8] {
    let range = member.offset..<member.offset + member.size
    return try bytes(of: member.name, at: range, in: path)
  }

  /// The bytes of a part of the archive at `path`, headers and all; `name` says in errors what it is.
  package static func bytes(
    of name: String, at range: Range<Int>, in path: String
  ) throws(MediaError) -> [UInt8] {
    let file = try InputFile(path: path)
    let bytes = try file.read(at: range.lowerBound, count: range.count)
    guard bytes.count == range.count else {
      throw MediaError(
        code: .corrupt, subject: path, reason: "\(name) is cut short; the file has changed")
    }
    return bytes
  }

  private static func header(
    _ block: ArraySlice<UInt8>, path: String, at offset: Int
  ) throws(MediaError) -> TarHeader {
    do throws(TarHeader.Fault) {
      return try TarHeader(block: block)
    } catch {
      throw offset == 0
        ? MediaError(code: .notMedia, subject: path, reason: "not a tar file: \(error.reason)")
        : corrupt(path, at: offset, error.reason)
    }
  }

  /// Nil for a folder.
  private static func member(
    _ header: TarHeader, path: String, at offset: Int
  ) throws(MediaError) -> Member? {
    switch header.type {
    case UInt8(ascii: "0"), 0: break
    case UInt8(ascii: "5") where header.size == 0: return nil
    case UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"), UInt8(ascii: "g"):
      throw MediaError(
        code: .unsupported, subject: path,
        reason: "at byte \(offset): GNU long names and pax headers are not read; "
          + "pack with --format=ustar and names of at most 100 bytes")
    default:
      throw corrupt(path, at: offset, "\(header.name) is neither a plain file nor a folder")
    }
    let parts = header.name.split(separator: "/", omittingEmptySubsequences: false)
    let kept = parts.first == "." ? parts.dropFirst() : parts[...]
    guard !kept.isEmpty, kept.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      throw corrupt(
        path, at: offset, "a name that leads elsewhere: \(header.name.debugDescription)")
    }
    guard header.size > 0 else {
      throw corrupt(path, at: offset, "\(header.name) is empty")
    }
    return Member(
      name: kept.joined(separator: "/"), offset: offset + TarHeader.blockSize, size: header.size)
  }

  private static func corrupt(_ path: String, at offset: Int, _ reason: String) -> MediaError {
    MediaError(code: .corrupt, subject: path, reason: "at byte \(offset): \(reason)")
  }
}
