import Catalog
import FaceCore
import Media

extension CropStore {
  /// The picture of that crop; nil where there is none.
  func picture(named name: String) throws -> Image? {
    try crop(named: name).map { try ImageFile.decode($0, subject: name) }
  }
}
