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
  func landmarks(in luma: GrayImage, of found: Detection) throws(AlignError) -> Landmarks

  /// The landmarks of a face that is followed: in the box that is expected, near landmarks that are.
  func landmarks(
    in luma: GrayImage, box: Box, near expected: Landmarks
  ) throws(AlignError) -> Landmarks
}
