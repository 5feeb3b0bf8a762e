#if DLIB
  import CDlib
  public import FaceCore

  /// Finds upright faces within about 45° of frontal: dlib's HOG detector (Dalal and Triggs, 2005;
  /// King, "Max-Margin Object Detection", 2015).
  ///
  /// It has buffers of its own: make one for each thread.
  @safe public struct FaceDetector: ~Copyable {
    public struct Options: Hashable, Sendable, Codable {
      /// Faces that score less are dropped; 0 is where the detector was trained to cut.
      public var threshold: Double
      /// How often the picture is doubled: faces are found from 80 pixels, 40 with one doubling.
      public var upsamplings: Int
      /// A picture with a longer side than this, in pixels, is reduced to it first, so the cost has
      /// an end; the smallest face grows by the same factor.
      public var longestSide: Int

      public init(threshold: Double = 0, upsamplings: Int = 1, longestSide: Int = 1280) {
        precondition((0...4).contains(upsamplings), "upsamplings are 0 to 4")
        precondition(longestSide >= 80, "the detector needs 80 pixels")
        self.threshold = threshold
        self.upsamplings = upsamplings
        self.longestSide = longestSide
      }
    }

    public let options: Options
    private let handle: OpaquePointer

    /// Throws `AlignError.failed` when dlib cannot set up its detector.
    public init(options: Options = Options()) throws(AlignError) {
      self.options = options
      var message = Message()
      guard let created = unsafe cdlib_detector_create(&message.bytes, message.capacity) else {
        throw AlignError(code: .failed, subject: "face detector", reason: message.text)
      }
      unsafe handle = created
    }

    deinit { unsafe cdlib_detector_free(handle) }

    /// The faces of the picture, left to right.
    ///
    /// Throws `AlignError.failed`.
    public func detections(in image: Image) throws(AlignError) -> [Detection] {
      try detections(in: GrayImage(image))
    }

    /// With other options than its own, where given.
    package func detections(
      in frame: GrayImage, options other: Options? = nil
    ) throws(AlignError) -> [Detection] {
      let options = other ?? options
      let longest = max(frame.width, frame.height)
      let limit = options.longestSide
      func search(_ gray: GrayImage) throws(AlignError) -> [Detection] {
        try found(in: gray, threshold: options.threshold, upsamplings: options.upsamplings)
      }
      guard longest > limit else { return Detection.sorted(try search(frame)) }
      let scale = Double(limit) / Double(longest)
      let width = max(1, Int((Double(frame.width) * scale).rounded()))
      let height = max(1, Int((Double(frame.height) * scale).rounded()))
      let whole = Box(x: 0, y: 0, width: Float(frame.width), height: Float(frame.height))
      let reduced = frame.resampled(from: whole, width: width, height: height)
      let across = Float(frame.width) / Float(width)
      let down = Float(frame.height) / Float(height)
      return Detection.sorted(
        try search(reduced).map {
          let box = $0.box
          return Detection(
            box: Box(
              x: box.x * across, y: box.y * down, width: box.width * across,
              height: box.height * down),
            score: $0.score)
        })
    }

    /// The face most like the expected one, searched only about its box and near its size; nil when
    /// there is none.
    func detection(
      in frame: GrayImage, near box: Box, threshold: Double
    ) throws(AlignError) -> Detection? {
      // A little above the 80 pixels the detector needs, so that the face may shrink.
      let (face, side) = (92, 184)
      let scale = box.width / Float(face)
      let around = Box(
        x: box.center.x - Float(side) / 2 * scale, y: box.center.y - Float(side) / 2 * scale,
        width: Float(side) * scale, height: Float(side) * scale)
      let patch = frame.resampled(from: around, width: side, height: side)
      let found = try found(in: patch, threshold: threshold, upsamplings: 0)
      return Detection.expected(at: box, among: found.map { $0.moved(from: around, scale: scale) })
    }

    private func found(
      in gray: GrayImage, threshold: Double, upsamplings: Int
    ) throws(AlignError) -> [Detection] {
      let limit = 256
      var faces = [CDlibFace](
        repeating: CDlibFace(left: 0, top: 0, right: 0, bottom: 0, score: 0), count: limit)
      var message = Message()
      let count = unsafe Int(
        cdlib_detect(
          handle, gray.bytes, Int32(gray.width), Int32(gray.height), threshold,
          Int32(upsamplings), &faces, Int32(limit), &message.bytes, message.capacity))
      guard count >= 0 else {
        throw AlignError(code: .failed, subject: "face detector", reason: message.text)
      }
      return faces.prefix(count).map {
        Detection(
          box: Box(
            x: Float($0.left), y: Float($0.top), width: Float($0.right - $0.left),
            height: Float($0.bottom - $0.top)),
          score: Float($0.score))
      }
    }
  }

  /// Room for a reason given by C.
  struct Message {
    var bytes = [CChar](repeating: 0, count: 512)
    var capacity: Int { bytes.count }
    var text: String {
      String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
#endif
