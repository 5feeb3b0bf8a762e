import Align
import Augment
import Catalog
import FaceCore

/// The faces of a query, as the search for near-duplicates takes them, and what it found.
struct DedupJob {
  /// Rows of the catalogue, in the order of the faces.
  private(set) var rows: [Int64] = []
  private(set) var faces: [FaceTraits] = []
  private(set) var merits: [FaceMerit] = []
  /// Rows of the videos, by the numbers that faces name them by.
  private(set) var videos: [Int64] = []

  /// Reads the faces that have been hashed.
  init(_ workspace: Workspace, matching query: FaceQuery) throws {
    var numbers: [Int64: Int] = [:]
    try workspace.forEachHashedFace(matching: query) { face in
      let number = numbers[face.videoRow] ?? videos.count
      if numbers.updateValue(number, forKey: face.videoRow) == nil { videos.append(face.videoRow) }
      rows.append(face.row)
      faces.append(FaceTraits(face, video: number))
      merits.append(FaceMerit(face))
    }
  }

  /// What a mark's face has in common with the face that is kept.
  enum Kind { case sameCrop, sameTrack, sameVideo, otherVideo }

  func kind(of mark: DuplicateMarks.Mark) -> Kind {
    let (face, best) = (faces[mark.face], faces[mark.best])
    if face.content == best.content { return .sameCrop }
    if face.video != best.video { return .otherVideo }
    return face.track == best.track ? .sameTrack : .sameVideo
  }

  func pairs(_ marks: DuplicateMarks) -> [(face: Int64, best: Int64)] {
    marks.marks.map { (rows[$0.face], rows[$0.best]) }
  }
}

extension FaceTraits {
  fileprivate init(_ face: HashedFace, video: Int) {
    // 128 bits of a hash that nobody has made collide.
    let digits = Array(face.cropSHA256)
    func word(_ range: Range<Int>) -> UInt64 { UInt64(String(digits[range]), radix: 16) ?? 0 }
    self.init(
      hash: face.hash, content: SIMD2(word(0..<16), word(16..<32)), video: video,
      track: face.track, frame: face.ordinal, seconds: face.seconds,
      person: face.identityRow.map { Int($0) }, pose: face.pose,
      change: face.change.map { Float($0) }, mouth: face.mouth.map { Float($0) },
      eyes: face.eyes.map { Float($0) }, light: face.light, shape: faceShape(of: face.landmarks))
  }
}

extension FaceMerit {
  fileprivate init(_ face: HashedFace) {
    self.init(
      isAccepted: face.isAccepted, isRejected: face.isRejected, interEye: face.interEye ?? 0,
      sharpness: face.sharpness ?? 0, misfit: face.landmarkMisfit ?? 0,
      badlyExposed: (face.underExposed ?? 0) + (face.overExposed ?? 0), cropSize: face.cropSize)
  }
}
