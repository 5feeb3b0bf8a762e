/// What migration 3 adds: how hard each face was for the model that learned it last.
///
/// It is a table of its own: training writes it again and again, and the index that answers filters is
/// not touched by that.
extension Schema {
  static let version3: [String] = [
    """
    CREATE TABLE face_loss (
      face_id INTEGER PRIMARY KEY REFERENCES face(id),
      model TEXT NOT NULL CHECK (model <> ''),
      step INTEGER NOT NULL CHECK (step >= 0),
      loss REAL NOT NULL CHECK (loss >= 0 AND loss < 1e30)
    ) STRICT;
    """, "DROP VIEW faces", "DROP VIEW face_detail", "DROP VIEW face_facts", faceDetailView,
    facesView, faceFactsView,
  ]
}
