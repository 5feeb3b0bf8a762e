public import FaceCore
import GRDB

/// How hard a face is for a model.
public struct FaceLoss: Hashable, Sendable {
  public let id: FaceID
  /// Mean over the last times the model saw it, in the unit of the run's loss.
  public let loss: Double

  public init(id: FaceID, loss: Double) {
    (self.id, self.loss) = (id, loss)
  }
}

/// How hard the faces of a pose are for a model.
public struct CellLoss: Hashable, Sendable {
  public let cell: PoseCell
  /// Mean over the faces.
  public let loss: Double
  /// Faces that have a loss.
  public let count: Int
}

extension Workspace {
  /// Keeps the losses of a training's faces, for queries by `loss`; those of an earlier model are
  /// replaced.
  ///
  /// They say something about a model, not about the footage: they are no part of the content that
  /// is hashed, and make no journal entry. Faces that are not in the catalogue are passed over, and
  /// so are losses that are no number.
  public func keepLosses(_ losses: [FaceLoss], model: String, step: Int) throws {
    try catalog.write { db in
      let statement = try db.makeStatement(
        sql: """
          INSERT OR REPLACE INTO face_loss(face_id, model, step, loss)
          SELECT face.id, ?, ?, ? FROM face JOIN video ON video.id = face.video_id
          WHERE substr(video.sha256, 1, 16) = ? AND ordinal = ? AND position = ?
          """)
      for face in losses where face.loss.isFinite && face.loss >= 0 {
        try statement.execute(
          arguments: [model, step, face.loss, face.id.video, face.id.ordinal, face.id.position])
      }
    }
  }

  /// The mean losses of a query's faces by pose cell, in order; faces that no model has learned are
  /// left out.
  public func cellLosses(matching query: FaceQuery = .all) throws -> [CellLoss] {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try Row.fetchAll(
        db,
        sql: condition.prefix + """
          SELECT faces.cell, avg(faces.loss), count(faces.loss) FROM face_facts AS faces
          WHERE \(condition.text) GROUP BY 1 HAVING count(faces.loss) > 0 ORDER BY 1
          """, arguments: condition.arguments
      ).map { CellLoss(cell: PoseCell.all[$0[0]], loss: $0[1], count: $0[2]) }
    }
  }
}
