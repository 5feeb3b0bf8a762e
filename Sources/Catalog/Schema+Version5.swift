/// What migration 5 adds: more measures, and how far they were taken anew.
///
/// `measuring` is there while a video's faces are measured again: what is filled, and the last row of
/// `face` that is done.
extension Schema {
  static let version5: [String] =
    MeasureColumn.version5.map {
      "ALTER TABLE face ADD COLUMN \($0.rawValue) REAL CHECK (abs(\($0.rawValue)) < 1e30)"
    } + [
      """
      CREATE TABLE measuring (
        video_id INTEGER PRIMARY KEY REFERENCES video(id),
        rules TEXT NOT NULL CHECK (rules <> ''),
        last_face INTEGER NOT NULL
      ) STRICT;
      """, faceDetailView, facesView, faceFactsView,
    ]
}
