/// What migration 7 adds: how much the landmarks are doubted; and the index of migration 2 with the measures
/// that are filtered by most.
extension Schema {
  static let version7: [String] = [
    "DROP VIEW faces", "DROP VIEW face_detail", "DROP VIEW face_facts",
    "ALTER TABLE face ADD COLUMN doubt REAL CHECK (abs(doubt) < 1e30)",
    """
    DROP INDEX face_filter;
    CREATE INDEX face_filter ON face(rejection_id, cell, identity_id, light_bin, duplicate_id, yaw,
      pitch, roll, eye_distance, \(MeasureColumn.indexed.map(\.rawValue).joined(separator: ", ")),
      score, video_id, track, ordinal, position);
    """, faceDetailView, facesView, faceFactsView,
  ]
}
