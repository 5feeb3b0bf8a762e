package import FaceCore
import Media

/// A crop with what is known of the face on it.
package struct FacePicture: Hashable, Sendable {
  package var image: Image
  /// In pixels of the picture.
  package var landmarks: Landmarks
  /// As seen in the picture.
  package var pose: Pose
  /// In the head frame; nil where it is not known.
  package var light: Light?

  package init(image: Image, landmarks: Landmarks, pose: Pose, light: Light?) {
    (self.image, self.landmarks, self.pose, self.light) = (image, landmarks, pose, light)
  }

  /// Changed as the variant says, one operation after the other.
  ///
  /// Operations on the head change what is known of it, those on the picture leave it. The generator
  /// makes the noise. Throws what the JPEG codec throws.
  package func changed(
    by variant: FaceVariant, using generator: inout some RandomNumberGenerator
  ) throws -> FacePicture {
    var face = variant.mirror ? mirrored : self
    var pixels = Pixels(face.image)
    if let turn = variant.rotate {
      let turn = FaceTurn(
        landmarks: face.landmarks, pose: face.pose, by: turn, side: face.image.width)
      pixels.warp(turn.mesh)
      (face.landmarks, face.pose) = (turn.landmarks, turn.pose)
    }
    if let new = variant.relight, let old = face.light {
      Relighting(from: old, to: new)
        .change(&pixels, landmarks: face.landmarks, pose: face.pose)
      face.light = new
    }
    if let color = variant.color { pixels.change(color) }
    if let scale = variant.scale { pixels = pixels.image.coarsened(to: scale).pixels }
    if let blur = variant.blur { pixels.smear(blur) }
    if let noise = variant.noise { pixels.add(noise: noise, using: &generator) }
    face.image = pixels.image
    if let quality = variant.jpeg {
      face.image = try JPEG.decode(
        JPEG.encode(face.image, quality: quality, sampling: .half))
    }
    return face
  }

  /// The mirror image, and what is known of it.
  package var mirrored: FacePicture {
    FacePicture(
      image: image.mirrored(), landmarks: landmarks.mirrored(width: Float(image.width)),
      pose: pose.mirrored, light: light?.mirrored)
  }
}

extension FaceSample {
  /// The sample's picture and landmarks, made of its whole crop.
  package func picture(
    of crop: Image, using generator: inout some RandomNumberGenerator
  ) throws -> (image: Image, landmarks: Landmarks) {
    guard let change else { return (crop, landmarks) }
    let face = FacePicture(
      image: crop, landmarks: landmarks, pose: change.pose, light: change.light)
    let changed = try face.changed(by: change.variant, using: &generator)
    return (changed.image, changed.landmarks)
  }
}

extension Image {
  fileprivate var pixels: Pixels { Pixels(self) }

  /// Made smaller and brought back to its size.
  fileprivate func coarsened(to scale: Double) -> Image {
    let small = (
      width: max(1, Int((Double(width) * scale).rounded())),
      height: max(1, Int((Double(height) * scale).rounded()))
    )
    return resized(width: small.width, height: small.height).resized(width: width, height: height)
  }
}
