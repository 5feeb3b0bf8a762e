public import FaceCore

/// The hash of a face: of the mean face's square, brows to lower lip, upright, whatever the picture
/// shows around it.
///
/// All face types show that square, so a face has the same hash in a crop of any type and size, but
/// for resampling. `landmarks` are in pixels of the picture.
public func faceHash(of picture: Image, landmarks: Landmarks) -> FaceHash {
  let side = FaceHash.side
  let square = MeanFace.fit(landmarks).then(.scale(Double(side)))
  let seen = picture.warped(by: square, width: side, height: side, border: .replicate)
  return FaceHash(of: GrayImage(seen))
}
