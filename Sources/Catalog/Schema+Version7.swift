/// What migration 7 adds: how much the landmarks are doubted. The index of migration 2 is made anew by
/// migration 8.
extension Schema {
  static let version7: [String] = [
    "DROP VIEW faces", "DROP VIEW face_detail", "DROP VIEW face_facts",
    "ALTER TABLE face ADD COLUMN doubt REAL CHECK (abs(doubt) < 1e30)",
    "DROP INDEX face_filter", faceDetailView, facesView, faceFactsView,
  ]
}
