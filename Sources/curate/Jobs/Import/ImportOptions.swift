import Align
import Media

/// What an import looks for, and how it cuts what it finds.
struct ImportOptions: Hashable, Sendable {
  /// Who is in the videos; nil where that is not known yet.
  var identity: String?
  var detector = DetectorChoice.builtIn
  /// Which frames are looked at.
  var frames = FrameSelection.all
  /// Faces whose box is narrower, in pixels, are left out.
  var smallestFace = 0
  /// The largest so many of a frame; 0 for all.
  var mostFaces = 0
  var cropSize = 256
  var faceType = FaceType.full
  var jpegQuality = 95
  /// Whether it takes the place of an import with other options or by another version.
  var isAgain = false

  /// Everything that decides what an import finds, but for the name.
  ///
  /// Kept with each video, so that it is finished as it was begun.
  var parameters: String {
    "\(FaceAligner.version) detector=\(detector.key) frames=\(frames) smallest=\(smallestFace) most=\(mostFaces) "
      + "crop=\(faceType.rawValue)/\(cropSize)/jpeg\(jpegQuality)"
  }

  /// Whether it enters every face that is found, of every frame.
  var seesAll: Bool { frames == .all && smallestFace == 0 && mostFaces == 0 }

  /// What is kept with a video whose import was begun with that text, when this one goes on with it: both
  /// versions of the aligner, where it is another; nil where the options are others.
  func parameters(goingOnFrom begun: String) -> String? {
    func parts(_ text: String) -> [Substring] { text.split(separator: " ", maxSplits: 1) }
    let (before, now) = (parts(begun), parts(parameters))
    guard before.count == 2, before[1] == now[1] else { return nil }
    let versions = before[0].split(separator: ",")
    return versions.contains(now[0])
      ? begun : "\(before[0]),\(now[0]) \(now[1])"
  }

  init() {}

  /// What a video was begun with; nil where the text is of another version.
  init?(parameters: String, identity: String?) {
    self.identity = identity
    for part in parameters.split(separator: " ") {
      let pair = part.split(separator: "=", maxSplits: 1)
      // The aligner's version comes first, and has no name.
      guard pair.count == 2 else { continue }
      switch pair[0] {
      case "detector":
        guard let detector = DetectorChoice(key: String(pair[1])) else { return nil }
        self.detector = detector
      case "frames":
        guard let frames = FrameSelection(String(pair[1])) else { return nil }
        self.frames = frames
      case "smallest": smallestFace = Int(pair[1]) ?? 0
      case "most": mostFaces = Int(pair[1]) ?? 0
      case "crop":
        let crop = pair[1].split(separator: "/")
        guard crop.count == 3, let type = FaceType(rawValue: String(crop[0])),
          let size = Int(crop[1]), let quality = Int(crop[2].dropFirst(4))
        else { return nil }
        (faceType, cropSize, jpegQuality) = (type, size, quality)
      default: break
      }
    }
    guard self.parameters(goingOnFrom: parameters) != nil else { return nil }
  }
}
