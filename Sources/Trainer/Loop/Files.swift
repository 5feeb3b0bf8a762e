import Foundation

/// Keys in order, so that equal values are equal bytes.
func canonicalJSON(_ value: some Encodable) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return try encoder.encode(value) + Data("\n".utf8)
}

/// Does something to a folder, and says in one line what and why it could not.
func filing(_ url: URL, _ work: (FileManager) throws -> Void) throws {
  do {
    try work(.default)
  } catch let error as CocoaError {
    let reason = (error.underlying as? POSIXError).map { String(describing: $0.code) }
    throw TrainerError(
      code: .badFile, subject: url.path, reason: reason ?? error.localizedDescription)
  }
}
