import Foundation

/// A file of the folder `shared` beside the project, or nil where there is none.
public func sharedFile(_ path: String) -> String? {
  var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  while folder.path != "/" {
    folder.deleteLastPathComponent()
    let file = folder.appendingPathComponent("shared/\(path)").path
    if FileManager.default.fileExists(atPath: file) { return file }
  }
  return nil
}
