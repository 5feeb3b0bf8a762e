package import FaceCore

/// The middles of both eyes, the tip of the nose and the corners of the mouth, image-left first: what
/// detectors find and crops are cut by.
package func fivePoints(of landmarks: Landmarks) -> [Point] {
  [
    landmarks.mean(of: Landmarks.leftEye), landmarks.mean(of: Landmarks.rightEye), landmarks[30],
    landmarks[48], landmarks[54],
  ]
}
