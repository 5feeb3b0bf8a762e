import Crypto
public import Foundation

/// SHA-256 of bytes and of files, as 64 lower-case hexadecimal digits.
public struct Digest: Sendable {
  private var hasher = SHA256()

  public init() {}

  public mutating func update(_ text: String) {
    hasher.update(data: Data(text.utf8))
  }

  public mutating func update(_ bytes: some DataProtocol) {
    hasher.update(data: bytes)
  }

  /// The digest of all that was given so far.
  public func hex() -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = hasher.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  public static func hex(of bytes: some DataProtocol) -> String {
    var digest = Digest()
    digest.update(bytes)
    return digest.hex()
  }

  /// Reads the file in pieces of 4 MB.
  ///
  /// Throws `FileError`.
  public static func hex(ofFile path: String) throws -> String {
    try FileError.naming(path, "cannot be read") {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }  // Read only: closing cannot lose anything.
      var digest = Digest()
      while let piece = try file.read(upToCount: 1 << 22), !piece.isEmpty {
        digest.update(piece)
      }
      return digest.hex()
    }
  }
}
