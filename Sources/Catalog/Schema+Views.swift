extension Schema {
  /// Which request each serves.
  ///
  /// - `video.sha256` (unique) then `face(video_id, ordinal, position)` (unique) give all faces in
  ///   the order of their ids without sorting: listing, content lines, manifests.
  /// - `face_coverage` answers "the poses of this identity's faces", which is asked most, from the
  ///   index alone; a row of `face` is a kilobyte, an entry of the index forty bytes.
  /// - `face_track` serves one person in one shot, and the foreign key.
  /// - `face_rejection` is small and serves `rejected`.
  /// - `decision_face` is the history of one face.
  ///
  /// Measures are found by the primary key of `measure`. A range of an angle takes much of the
  /// table, where scanning is no slower than an index.
  static let indexes = """
    CREATE UNIQUE INDEX video_key ON video(substr(sha256, 1, 16));
    CREATE INDEX video_path ON video(path);
    CREATE INDEX face_coverage ON face(identity_id, rejection_id, yaw, pitch, video_id);
    CREATE INDEX face_track ON face(video_id, track);
    CREATE INDEX face_rejection ON face(rejection_id) WHERE rejection_id IS NOT NULL;
    CREATE INDEX decision_face ON decision(face_id);
    """

  /// All there is to know of a face, one row each; what this module reads records from.
  static let faceDetailView = """
    CREATE VIEW face_detail AS
    SELECT
      substr(video.sha256, 1, 16) || ':' || face.ordinal || ':' || face.position AS id,
      video.name AS video,
      identity.name AS identity,
      CAST(face.ticks AS REAL) * video.time_numerator / video.time_denominator AS seconds,
      sharpness.value AS sharpness,
      face.eye_distance AS size,
      luminance.value AS luminance,
      mouth.value AS mouth,
      eyes.value AS eyes,
      face.rejection_id IS NOT NULL AS rejected,
      journal.author AS rejected_by,
      journal.at AS rejected_at,
      decision.why AS rejected_why,
      face.crop_name AS crop,
      video.path AS path,
      video.sha256 AS video_sha256,
      video.time_numerator AS time_numerator,
      video.time_denominator AS time_denominator,
      face.id AS face_id,
      face.video_id, face.track, face.ordinal, face.position, face.ticks,
      face.yaw, face.pitch, face.roll, face.pose_w, face.pose_x, face.pose_y, face.pose_z,
      face.score, face.identity_id, face.rejection_id,
      face.box_x, face.box_y, face.box_width, face.box_height,
      face.crop_sha256, face.crop_size, face.crop_type, face.crop_a, face.crop_b, face.crop_tx,
      face.crop_c, face.crop_d, face.crop_ty, face.light, face.landmarks
    FROM face
    JOIN video ON video.id = face.video_id
    LEFT JOIN identity ON identity.id = face.identity_id
    LEFT JOIN decision ON decision.id = face.rejection_id
    LEFT JOIN journal ON journal.id = decision.journal_id
    LEFT JOIN measure AS sharpness
      ON sharpness.face_id = face.id AND sharpness.name = 'sharpness'
    LEFT JOIN measure AS luminance
      ON luminance.face_id = face.id AND luminance.name = 'luminance'
    LEFT JOIN measure AS mouth ON mouth.face_id = face.id AND mouth.name = 'mouth'
    LEFT JOIN measure AS eyes ON eyes.face_id = face.id AND eyes.name = 'eyes';
    """

  /// The columns people ask for, one row a face.
  ///
  /// Units: seconds, degrees, pixels of the frame (`size` is the distance between the eyes);
  /// `sharpness`, `luminance`, `mouth` and `eyes` are NULL where they were not measured. `face_id`
  /// joins `face`, `measure` and `decision`.
  static let facesView = """
    CREATE VIEW faces AS
    SELECT id, video, identity, track, ordinal, position, seconds, yaw, pitch, roll, sharpness,
      size, luminance, mouth, eyes, score, rejected, rejected_by, rejected_at, rejected_why,
      crop, crop_size, path, video_sha256, ticks, face_id
    FROM face_detail;
    """

  /// Mistakes are rejected, not erased, and history is not rewritten.
  static let neverDeleted =
    ["video", "track", "face", "identity", "decision", "journal"].map { table in
      """
      CREATE TRIGGER \(table)_is_never_deleted BEFORE DELETE ON \(table) BEGIN
        SELECT RAISE(ABORT, 'nothing is deleted from a catalogue: reject it instead');
      END;
      """
    }.joined(separator: "\n") + """

      CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN
        SELECT RAISE(ABORT, 'the journal is only ever appended to');
      END;
      """
}
