#if DLIB
  import CDlib
  public import FaceCore
  import Foundation

  /// Places 68 landmarks in a box that holds a face: an ensemble of regression trees (Kazemi and
  /// Sullivan, CVPR 2014) read from a file of dlib's.
  ///
  /// It never changes after loading, so any number of threads may share one; it takes 35 MB and
  /// about 0.4 s to load.
  public final class LandmarkPredictor: Sendable {
    /// Where the file is: what the variable `CURATE_LANDMARKS` says, else where Debian puts it.
    public static var defaultPath: String {
      ProcessInfo.processInfo.environment["CURATE_LANDMARKS"]
        ?? "/usr/share/dlib/shape_predictor_68_face_landmarks.dat"
    }

    private let handle: Handle

    /// Throws `AlignError.missingModel` or `.badModel`.
    public init(path: String = LandmarkPredictor.defaultPath) throws(AlignError) {
      guard FileManager.default.fileExists(atPath: path) else {
        throw AlignError(
          code: .missingModel, subject: path,
          reason: "no landmark file; type `apt install libdlib-data` or set CURATE_LANDMARKS")
      }
      handle = try Handle(path: path)
      guard handle.count == Landmarks.count else {
        throw AlignError(
          code: .badModel, subject: path, reason: "it finds \(handle.count) landmarks, not 68")
      }
    }

    /// The landmarks of the face in the box, both in pixels.
    ///
    /// Throws `AlignError.failed`.
    public func landmarks(in image: Image, box: Box) throws(AlignError) -> Landmarks {
      try landmarks(in: GrayImage(image), box: box)
    }

    /// The predictor looks at single pixels, so it is shown the face at a size of its own, the same
    /// for all faces, and large ones do not alias.
    package func landmarks(
      in frame: GrayImage, box: Box
    ) throws(AlignError) -> Landmarks {
      let side = LandmarkPredictor.patchSide
      let inner = LandmarkPredictor.patchFace
      let margin = (side - inner) / 2
      let scaleX = box.width / Float(inner)
      let scaleY = box.height / Float(inner)
      let around = Box(
        x: box.x - Float(margin) * scaleX, y: box.y - Float(margin) * scaleY,
        width: Float(side) * scaleX, height: Float(side) * scaleY)
      let patch = frame.resampled(from: around, width: side, height: side)
      let seen = try handle.predict(in: patch, from: margin, to: margin + inner)
      return Landmarks(
        seen.map { Point(x: around.x + $0.x * scaleX, y: around.y + $0.y * scaleY) })
    }

    /// Pixels of the box, and of the box with its surroundings, in the picture the predictor sees.
    private static let patchFace = 160
    private static let patchSide = 266
  }

  /// Owns the loaded model: dlib's predictor is constant when it predicts.
  @safe private struct Handle: ~Copyable, @unchecked Sendable {
    private let predictor: OpaquePointer

    init(path: String) throws(AlignError) {
      var message = Message()
      let opened = unsafe cdlib_predictor_load(path, &message.bytes, message.capacity)
      guard let loaded = unsafe opened else {
        throw AlignError(code: .badModel, subject: path, reason: message.text)
      }
      unsafe predictor = loaded
    }

    deinit { unsafe cdlib_predictor_free(predictor) }

    var count: Int { unsafe Int(cdlib_predictor_count(predictor)) }

    /// Points in pixels of the patch; the face fills it from one edge to the other on both axes.
    func predict(in patch: GrayImage, from low: Int, to high: Int) throws(AlignError) -> [Point] {
      var points = [Float](repeating: 0, count: 2 * Landmarks.count)
      var message = Message()
      let status = unsafe cdlib_predict(
        predictor, patch.bytes, Int32(patch.width), Int32(patch.height), Double(low), Double(low),
        Double(high), Double(high), &points, &message.bytes, message.capacity)
      guard status == 0 else {
        throw AlignError(code: .failed, subject: "landmark predictor", reason: message.text)
      }
      return (0..<Landmarks.count).map { Point(x: points[2 * $0], y: points[2 * $0 + 1]) }
    }
  }
#endif
