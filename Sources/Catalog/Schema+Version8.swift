/// What migration 8 adds: how much of a face is covered; the index of migration 2 with the measures that
/// are filtered by most; and what a face shows of its light by itself, where its track tells it otherwise.
///
/// `face.seen_light` is NULL where `light` is just that, and empty where the face by itself tells nothing.
extension Schema {
  static let version8: [String] = [
    "DROP VIEW faces", "DROP VIEW face_detail", "DROP VIEW face_facts",
    "ALTER TABLE face ADD COLUMN occluded REAL CHECK (abs(occluded) < 1e30)",
    "ALTER TABLE face ADD COLUMN seen_light BLOB CHECK (length(seen_light) IN (0, 36))",
    """
    DROP INDEX IF EXISTS face_filter;
    CREATE INDEX face_filter ON face(rejection_id, cell, identity_id, light_bin, duplicate_id, yaw,
      pitch, roll, eye_distance, \(MeasureColumn.indexed.map(\.rawValue).joined(separator: ", ")),
      score, video_id, track, ordinal, position);
    """, faceDetailView, facesView, faceFactsView,
  ]
}
