import FaceCore

/// Finds faces in luma and places their landmarks: the built-in networks, or dlib.
///
/// One for each thread.
protocol FaceFinder {
  /// The faces of a whole frame whose box is wanted, left to right.
  func detections(
    in luma: GrayImage, depth: FaceAligner.Depth, where isWanted: (Box) -> Bool
  ) throws(AlignError) -> [Detection]

  /// The face about a box and near its size; nil when there is none.
  ///
  /// One whose landmarks are expected there need not be as clear as one that nobody expects.
  func detection(
    in luma: GrayImage, near box: Box, expected: Landmarks?
  ) throws(AlignError) -> Detection?

  /// The landmarks of a face that was just found.
  func landmarks(in luma: GrayImage, of found: Detection) throws(AlignError) -> PlacedLandmarks

  /// The landmarks of a face that is followed: in the box that is expected, near landmarks that are.
  func landmarks(
    in luma: GrayImage, box: Box, near expected: Landmarks
  ) throws(AlignError) -> PlacedLandmarks
}

/// Landmarks, and how sure they are.
struct PlacedLandmarks: Hashable, Sendable, Codable {
  /// In pixels of the frame.
  var landmarks: Landmarks
  /// How far those that can be seen are likely off, percent of the root of their box's area: more where
  /// something is before the face; nil where nothing tells.
  var doubt: Float?

  init(_ landmarks: Landmarks, doubt: Float? = nil) {
    (self.landmarks, self.doubt) = (landmarks, doubt)
  }
}
