public import FaceCore
import Foundation
import GRDB

/// Something about a workspace that is not as it should be.
public struct CatalogProblem: Hashable, Sendable {
  /// What it is about: a file, a face.
  public let subject: String
  public let reason: String
  /// What mends it.
  public let remedy: String
  /// Nothing is lost or wrong: worth knowing, no more.
  public let isHarmless: Bool
}

extension Workspace {
  /// Looks at every page of both files, every sum and every crop.
  ///
  /// Memory stays bounded; crops are read one by one.
  public func check(progress: (FaceCore.Progress) -> Void = { _ in }) throws -> [CatalogProblem] {
    var problems = try checkFile(catalog) + checkFile(crops.file)
    problems += try checkSummary()
    problems += try checkCrops(progress)
    problems += try videos().compactMap { video in
      FileManager.default.fileExists(atPath: video.facts.path)
        ? nil
        : CatalogProblem(
          subject: video.facts.path, reason: "the video is not there",
          remedy: "import it from where it is now", isHarmless: true)
    }
    return problems
  }

  private static var everyFace: FaceQuery {
    var query = FaceQuery(nil, includesRejected: true)
    query.includesReplaced = true
    return query
  }

  /// Faces whose crop is missing or not the recorded one, by video and frame.
  public func facesLackingCrops() throws -> [FaceRecord] {
    var lacking: [FaceRecord] = []
    try forEachFace(matching: Workspace.everyFace) { face in
      if try cropProblem(of: face) != nil { lacking.append(face) }
    }
    return lacking
  }

  /// Puts a crop back.
  ///
  /// Throws `.invalid` unless it is, byte by byte, the one that was recorded.
  public func restoreCrop(of face: FaceRecord, bytes: [UInt8]) throws {
    guard hash(bytes) == face.crop.sha256 else {
      throw CatalogError(
        code: .invalid, subject: face.id.description,
        reason: "the crop cut anew is not the one recorded")
    }
    try crops.put([(face.crop.name, bytes)])
  }

  private func checkFile(_ file: DatabaseFile) throws -> [CatalogProblem] {
    let (faults, orphans) = try file.read { db in
      (
        try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" },
        try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
      )
    }
    let said = faults + (orphans > 0 ? ["\(orphans) rows point to rows that are not there"] : [])
    return said.map {
      CatalogProblem(
        subject: file.path, reason: $0, remedy: "bring back a copy, or import anew",
        isHarmless: false)
    }
  }

  private func checkSummary() throws -> [CatalogProblem] {
    let isTrue = try catalog.read { db in
      let counted = "SELECT \(Schema.coverageKey("face")), count(*) FROM face GROUP BY 1,2,3,4,5"
      let kept = "SELECT * FROM coverage WHERE faces > 0"
      return try Bool.fetchOne(
        db,
        sql: """
          SELECT NOT EXISTS (\(counted) EXCEPT \(kept)) AND NOT EXISTS (\(kept) EXCEPT \(counted))
          """) ?? false
    }
    return isTrue
      ? []
      : [
        CatalogProblem(
          subject: Schema.fileName, reason: "the coverage summary is not what is there",
          remedy: "curate repair", isHarmless: false)
      ]
  }

  private func checkCrops(_ progress: (FaceCore.Progress) -> Void) throws -> [CatalogProblem] {
    let everyone = Workspace.everyFace
    let total = try count(matching: everyone)
    var problems: [CatalogProblem] = []
    var (done, sound) = (0, 0)
    try forEachFace(matching: everyone) { face in
      done += 1
      if let reason = try cropProblem(of: face) {
        problems.append(
          CatalogProblem(
            subject: face.id.description, reason: reason, remedy: "curate repair",
            isHarmless: false))
      } else {
        sound += 1
      }
      if done % 256 == 0 { progress(FaceCore.Progress(done: done, total: total)) }
    }
    let spare = try crops.count() - sound - problems.filter { $0.reason != "no crop" }.count
    if spare > 0 {
      problems.append(
        CatalogProblem(
          subject: CropStore.fileName,
          reason: "\(spare) crops of an import that was interrupted",
          remedy: "import the video again", isHarmless: true))
    }
    return problems
  }

  private func cropProblem(of face: FaceRecord) throws -> String? {
    do {
      guard let bytes = try crops.crop(named: face.crop.name) else { return "no crop" }
      return hash(bytes) == face.crop.sha256 ? nil : "the crop is damaged"
    } catch let error as CatalogError where error.subject == face.crop.name {
      return "the crop \(error.reason)"
    }
  }

  private func hash(_ bytes: [UInt8]) -> String {
    Digest.hex(of: bytes)
  }
}
