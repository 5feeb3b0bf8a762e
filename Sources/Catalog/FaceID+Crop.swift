import FaceCore

extension FaceID {
  /// Where its crop lies in the archive, `VIDEO/ORDINAL_POSITION.EXTENSION`.
  func cropName(fileExtension: String) -> String {
    "\(video)/\(ordinal)_\(position).\(fileExtension)"
  }
}
