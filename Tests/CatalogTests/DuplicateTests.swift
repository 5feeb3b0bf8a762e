import Catalog
import FaceCore
import Foundation
import Testing

@Suite struct DuplicateTests {
  private func filled(_ scratch: Scratch) throws -> (Workspace, [Int64]) {
    let workspace = try scratch.create()
    try SampleVideo(number: 1, frames: 60).bring(into: workspace)
    return (workspace, try workspace.faces().map(\.row))
  }

  @Test func marksAreMadeAnewAndUndoRestoresEach() throws {
    let scratch = Scratch()
    let (workspace, rows) = try filled(scratch)
    try #require(rows.count > 10)
    let clean = try contentLines(workspace)
    let first = try workspace.remarkDuplicates(
      [(rows[1], rows[0]), (rows[2], rows[0]), (rows[4], rows[3])], of: rows, note: note)
    #expect(first == DuplicateChange(marked: 3))
    let marked = try contentLines(workspace)
    #expect(try workspace.count(matching: FaceQuery(parsing: "duplicate")) == 3)
    // One stays, one changes its best, one is lifted, one is new.
    let second = try workspace.remarkDuplicates(
      [(rows[1], rows[0]), (rows[2], rows[5]), (rows[6], rows[5])], of: rows, note: note)
    #expect(second == DuplicateChange(marked: 2, lifted: 1))
    let remarked = try contentLines(workspace)
    #expect(try workspace.count(matching: FaceQuery(parsing: "duplicate")) == 3)

    try workspace.undo(note: note)
    #expect(try contentLines(workspace) == marked)
    try workspace.undo(note: note)
    #expect(try contentLines(workspace) == clean)
    try workspace.redo(note: note)
    #expect(try contentLines(workspace) == marked)
    try workspace.redo(note: note)
    #expect(try contentLines(workspace) == remarked)
  }

  @Test func theSameMarksAgainAreNoEntry() throws {
    let scratch = Scratch()
    let (workspace, rows) = try filled(scratch)
    let pairs = [(face: rows[1], best: rows[0])]
    let expected = try workspace.duplicateChange(pairs, of: rows)
    #expect(expected == DuplicateChange(marked: 1))
    #expect(try workspace.remarkDuplicates(pairs, of: rows, note: note) == expected)
    let entries = try workspace.log().count
    #expect(try workspace.duplicateChange(pairs, of: rows) == DuplicateChange())
    #expect(
      try workspace.remarkDuplicates(pairs, of: rows, note: note) == DuplicateChange())
    #expect(try workspace.log().count == entries)
    #expect(try workspace.duplicateChange([], of: rows) == DuplicateChange(lifted: 1))
  }

  @Test func facesOutsideTheScopeKeepTheirMarks() throws {
    let scratch = Scratch()
    let (workspace, rows) = try filled(scratch)
    try workspace.remarkDuplicates(
      [(rows[1], rows[0]), (rows[4], rows[3])], of: rows, note: note)
    try workspace.remarkDuplicates([], of: Array(rows.prefix(3)), note: note)
    let left = try workspace.faces(matching: FaceQuery(parsing: "duplicate"))
    #expect(left.map(\.row) == [rows[4]])
  }

  @Test func hashesAreKeptAndReadBackAndAreNoContent() throws {
    let scratch = Scratch()
    let (workspace, rows) = try filled(scratch)
    let before = try (contentLines(workspace), workspace.revision())
    #expect(try workspace.rowsWithoutHash() == rows.sorted())
    let unhashed = try workspace.unhashedFaces(rows: rows)
    #expect(unhashed.map(\.row) == rows)
    let crop = try workspace.faces()[0]
    #expect(
      unhashed[0].landmarks == crop.landmarks.mapped(by: crop.crop.transform)
        && unhashed[0].crop == crop.crop.name)
    let hash = FaceHash(words: SIMD4(1, 2, 3, .max), quality: 77)
    try workspace.keepHashes(rows.dropLast().map { NewHash(row: $0, hash: hash, change: 0.5) })
    #expect(try workspace.rowsWithoutHash() == [rows[rows.count - 1]])
    var read: [HashedFace] = []
    try workspace.forEachHashedFace { read.append($0) }
    #expect(read.map(\.row) == Array(rows.dropLast()))
    #expect(read.allSatisfy { $0.hash == hash && $0.change == 0.5 && !$0.isAccepted })
    let after = try (contentLines(workspace), workspace.revision())
    #expect(after == before)
  }

  @Test func anAcceptanceCountsWhileItStands() throws {
    let scratch = Scratch()
    let (workspace, rows) = try filled(scratch)
    let hash = FaceHash(words: .zero, quality: 77)
    try workspace.keepHashes(rows.map { NewHash(row: $0, hash: hash, change: nil) })
    func accepted() throws -> Int {
      var count = 0
      try workspace.forEachHashedFace { count += $0.isAccepted ? 1 : 0 }
      return count
    }
    let all = FaceQuery.all
    try workspace.reject(matching: all, reason: "x", note: note)
    #expect(try accepted() == 0)
    try workspace.accept(matching: all, note: note)
    #expect(try accepted() == rows.count)
    try workspace.undo(note: note)
    try workspace.undo(note: note)
    #expect(try accepted() == 0, "both are undone: nobody said anything")
  }

  @Test func marksOfTheThirdSchemaComeAlong() throws {
    let scratch = Scratch()
    let (workspace, rows) = try filled(scratch)
    try workspace.close()
    try scratch.takeBackToSchema3(
      with: """
        INSERT INTO duplicate VALUES (5, 1, \(rows[1]), \(rows[0]), NULL);
        UPDATE face SET duplicate_id = 5 WHERE id = \(rows[1]);
        """)
    let opened = try scratch.open()
    #expect(try opened.faces(matching: FaceQuery(parsing: "duplicate")).map(\.row) == [rows[1]])
    #expect(try opened.remarkDuplicates([], of: rows, note: note) == DuplicateChange(lifted: 1))
    try opened.undo(note: note)
    #expect(try opened.faces(matching: FaceQuery(parsing: "duplicate")).map(\.row) == [rows[1]])
  }
}
