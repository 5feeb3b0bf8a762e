import FaceCore
import Trainer

extension FaceSample {
  /// A face of a manifest as the loader needs it, and its variants behind it.
  ///
  /// Throws `TrainerError` for a variant that changes a light that was never measured.
  static func samples(of row: ManifestRow, variants: Bool) throws -> [FaceSample] {
    func sample(weight: Double, change: Change?) -> FaceSample {
      FaceSample(
        id: row.id, crop: row.crop.name, frameLandmarks: row.landmarks,
        frameToCrop: row.crop.matrix, weight: weight, mayMirror: row.augmentation.mirror,
        cropSize: row.crop.size, change: change)
    }
    let plain = sample(weight: row.weight, change: nil)
    guard variants else { return [plain] }
    let pose = row.pose.seen(through: row.crop.matrix)
    return try [plain]
      + row.augmentation.variants.map { variant in
        guard let change = Change(variant, pose: pose, light: row.light) else {
          throw TrainerError(
            code: .badFace, subject: row.id,
            reason: "its variant for \(variant.cell) changes a light that is not known")
        }
        return sample(weight: variant.weight, change: change)
      }
  }
}
