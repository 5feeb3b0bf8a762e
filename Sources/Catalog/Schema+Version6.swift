/// What migration 6 adds: who faces are, as a network says it.
///
/// They can be computed again from the crops, so they are no part of the content that is hashed.
extension Schema {
  static let version6: [String] = [
    """
    CREATE TABLE embedding (
      face_id INTEGER NOT NULL REFERENCES face(id),
      model TEXT NOT NULL CHECK (model <> ''),
      vector BLOB NOT NULL CHECK (length(vector) % 4 = 0 AND length(vector) > 0),
      PRIMARY KEY (face_id, model)
    ) STRICT, WITHOUT ROWID;
    """
  ]
}
