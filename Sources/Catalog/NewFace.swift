public import FaceCore

/// The aligned square cut from a frame.
public struct NewCrop: Sendable {
  /// The image file, JPEG or PNG.
  public var bytes: [UInt8]
  /// Of the bytes: 64 lower-case hexadecimal digits.
  public var sha256: String
  /// "jpg" or "png".
  public var fileExtension: String
  /// Side, in pixels.
  public var size: Int
  /// How much of the head it shows, such as "whole_face".
  public var faceType: String
  /// From pixels of the frame to pixels of the crop.
  public var transform: AffineTransform

  public init(
    bytes: [UInt8], sha256: String, fileExtension: String, size: Int, faceType: String,
    transform: AffineTransform
  ) {
    self.bytes = bytes
    self.sha256 = sha256
    self.fileExtension = fileExtension
    self.size = size
    self.faceType = faceType
    self.transform = transform
  }
}

/// One face as an import found it.
public struct NewFace: Sendable {
  /// Its track's number within the video, from 0.
  public var track: Int
  /// The shot its track runs through, from 0.
  public var shot: Int
  /// The decoded frame, from 0.
  public var ordinal: Int
  /// Its place among the faces of that frame, from 0.
  public var position: Int
  /// The frame's time, on the video's own clock.
  public var time: Timestamp
  /// Where it is in the frame, in pixels.
  public var box: Box
  /// The detector's confidence, in its own unit.
  public var score: Double
  /// In pixels of the frame.
  public var landmarks: Landmarks
  public var pose: Pose
  public var light: Light?
  public var measures: [Measure]
  public var crop: NewCrop

  public init(
    track: Int, shot: Int = 0, ordinal: Int, position: Int, time: Timestamp, box: Box,
    score: Double,
    landmarks: Landmarks, pose: Pose, light: Light? = nil, measures: [Measure] = [], crop: NewCrop
  ) {
    self.track = track
    self.shot = shot
    self.ordinal = ordinal
    self.position = position
    self.time = time
    self.box = box
    self.score = score
    self.landmarks = landmarks
    self.pose = pose
    self.light = light
    self.measures = measures
    self.crop = crop
  }
}

/// A shot that begins.
public struct NewShot: Hashable, Sendable {
  /// From 0 through the video.
  public var number: Int
  /// Its first frame.
  public var firstOrdinal: Int

  public init(number: Int, firstOrdinal: Int) {
    self.number = number
    self.firstOrdinal = firstOrdinal
  }
}

/// What an import found in a run of consecutive frames.
public struct ImportBatch: Sendable {
  /// At most this many frames are lost to a kill.
  public static let frameLimit = 256

  /// The ordinals of the frames that were looked at, with a face or without.
  public var frames: Range<Int>
  public var faces: [NewFace]
  /// The shots that begin in these frames.
  public var shots: [NewShot]
  /// What the importer needs to go on after these frames as if it had never stopped.
  public var resumeState: [UInt8]
  /// Whether the rules of its measures are those of the frames before; if not, their versions are not kept
  /// for the video, and measuring takes it for stale.
  public var hasRulesOfBefore = true
  /// What its import was begun with, nil for any.
  ///
  /// A batch is refused where another import took over since.
  public var parameters: String?

  public init(
    frames: Range<Int>, faces: [NewFace], shots: [NewShot] = [], resumeState: [UInt8] = []
  ) {
    self.frames = frames
    self.faces = faces
    self.shots = shots
    self.resumeState = resumeState
  }
}
