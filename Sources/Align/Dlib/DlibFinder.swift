#if DLIB
  import FaceCore

  /// dlib's frontal detector and its regression trees.
  struct DlibFinder: FaceFinder {
    private let detector: DetectorBox
    private let predictor: LandmarkPredictor

    /// A detector cannot be copied; what holds it can.
    private final class DetectorBox {
      let detector: FaceDetector
      init(_ options: FaceDetector.Options) throws(AlignError) {
        detector = try FaceDetector(options: options)
      }
    }

    /// The score from which what is expected counts as seen.
    private static let expectedScore = -0.3

    init(predictor: LandmarkPredictor, options: FaceDetector.Options) throws(AlignError) {
      self.predictor = predictor
      detector = try DetectorBox(options)
    }

    func detections(
      in luma: GrayImage, depth: FaceAligner.Depth, where isWanted: (Box) -> Bool
    ) throws(AlignError) -> [Detection] {
      var options = detector.detector.options
      if depth != .thorough { options.upsamplings = 0 }
      if depth == .quick {
        options.longestSide = min(options.longestSide, max(640, options.longestSide / 2))
      }
      return try detector.detector.detections(in: luma, options: options)
        .filter { isWanted($0.box) }
    }

    func detection(
      in luma: GrayImage, near box: Box, expected: Landmarks?
    ) throws(AlignError) -> Detection? {
      try detector.detector.detection(
        in: luma, near: box,
        threshold: expected == nil ? detector.detector.options.threshold : Self.expectedScore)
    }

    func landmarks(
      in luma: GrayImage, of found: Detection
    ) throws(AlignError) -> PlacedLandmarks {
      PlacedLandmarks(try predictor.landmarks(in: luma, box: found.box))
    }

    func landmarks(
      in luma: GrayImage, box: Box, near expected: Landmarks
    ) throws(AlignError) -> PlacedLandmarks {
      PlacedLandmarks(try predictor.landmarks(in: luma, box: box))
    }
  }
#endif
