import FaceCore

/// Which pixels of a picture are face: the convex hull of jaw and brows, a pixel from its edge.
struct FaceHull {
  /// For each row of the picture the columns inside.
  let rows: [Range<Int>]

  init(_ landmarks: Landmarks, width: Int, height: Int) {
    rows = FacePatch.span(of: Array(landmarks.points[0..<27]), width: width, height: height)
  }

  func texture(of luma: GrayImage) -> LumaTexture {
    luma.texture(rows: rows.indices) { rows[$0] }
  }
}
