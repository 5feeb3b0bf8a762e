public import FaceCore

/// Landmarks 17 to 67, brows to lips, in units of the mean face's square, whatever the place, size and
/// roll of the face: what is left when they differ is expression, the turn of the head, and noise.
public func faceShape(of landmarks: Landmarks) -> [Point] {
  landmarks.mapped(by: MeanFace.fit(landmarks)).points[17...].map { $0 }
}
