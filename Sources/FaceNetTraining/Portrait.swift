package import FaceCore

// Foundation has these names, too.
package typealias AffineTransform = FaceCore.AffineTransform
package typealias Progress = FaceCore.Progress

/// A picture of one person with all that is true of it: what training samples are composed of.
///
/// Luma only: the built-in networks see no colour.
package struct Portrait: Sendable {
  package let luma: GrayImage
  /// How much of each pixel is the person, or belongs with them, 0 to 255.
  package let alpha: GrayImage
  /// In pixels of the picture; of a head seen from behind, where they would be.
  package let landmarks: Landmarks
  /// Whether each landmark is seen; all where nobody knows.
  package let visible: [Bool]
  /// Nil where nobody knows.
  package let pose: Pose?
  /// False for a head seen from behind, which is no face to find.
  package let showsFace: Bool
  /// Who it is; equal numbers are one person.
  package let person: Int
  /// What a teacher says of the face, for the embedding network to say, too.
  package let teaching: [Float]?

  package init(
    luma: GrayImage, alpha: GrayImage, landmarks: Landmarks, visible: [Bool], pose: Pose?,
    showsFace: Bool = true, person: Int, teaching: [Float]? = nil
  ) {
    precondition(luma.width == alpha.width && luma.height == alpha.height, "of one size")
    precondition(visible.count == Landmarks.count, "one for each landmark")
    (self.luma, self.alpha, self.landmarks, self.visible) = (luma, alpha, landmarks, visible)
    (self.pose, self.showsFace, self.person, self.teaching) = (pose, showsFace, person, teaching)
  }
}

extension Portrait {
  /// Its pixels to those of its mirror image.
  var mirror: AffineTransform {
    AffineTransform(a: -1, b: 0, tx: Double(luma.width), c: 0, d: 1, ty: 0)
  }

  /// Mean and deviation of the luma around the landmarks, 0 to 1.
  var light: (mean: Float, deviation: Float) {
    let box = landmarks.box
    let side = 16
    let face = luma.resampled(from: box, width: side, height: side).bytes.map { Float($0) / 255 }
    let mean = face.reduce(0, +) / Float(face.count)
    let variance = face.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(face.count)
    return (mean, variance.squareRoot())
  }
}

/// The box of a face that the detector learns to draw: its landmarks' with 15 % more above, for the
/// forehead.
package func faceBox(of landmarks: Landmarks) -> Box {
  let box = landmarks.box
  return Box(
    x: box.x, y: box.y - 0.15 * box.height, width: box.width, height: 1.15 * box.height)
}
