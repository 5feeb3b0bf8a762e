import FaceCore
import Foundation
import Networks
import Testing
import Trainer

/// Smooth faces that differ, their masks in the middle.
private func faces(_ count: Int, resolution: Int) -> (faces: [Float], masks: [Float]) {
  let area = resolution * resolution
  var (faces, masks): ([Float], [Float]) = ([], [])
  for face in 0..<count {
    let image = smoothImage(width: resolution, height: resolution)
    faces += image.planes.enumerated().map { at, value in
      let wave = sin(Float(at % area) * 0.02 * Float(face + 1))
      return 0.2 + 0.5 * value + 0.2 * wave
    }
    masks += (0..<area).map { at in
      let (x, y) = (at % resolution, at / resolution)
      return (6..<resolution - 6).contains(x) && (6..<resolution - 6).contains(y) ? 3 : 0
    }
  }
  return (faces, masks)
}

private func quality(
  _ answers: [Float], _ faces: [Float], _ masks: [Float], threads: Int = 2
) throws -> FaceQuality {
  try #require(
    FaceQuality(answers: answers, faces: faces, masks: masks, resolution: 24, threads: threads))
}

@Suite struct FaceQualityTests {
  @Test func rightAnswersAreRight() throws {
    let (faces, masks) = faces(5, resolution: 24)
    let found = try quality(faces, faces, masks)
    #expect(found.ssim > 0.9999 && found.variety == 1 && found.explained == 1)
  }

  @Test func oneMeanFaceForAllHasNoVarietyAndExplainsNothing() throws {
    let (faces, masks) = faces(6, resolution: 24)
    let size = 3 * 24 * 24
    let mean = (0..<size).map { at in
      (0..<6).reduce(Float(0)) { $0 + faces[$1 * size + at] } / 6
    }
    let found = try quality((0..<6).flatMap { _ in mean }, faces, masks)
    #expect(try #require(found.variety) < 1e-3)
    #expect(abs(try #require(found.explained)) < 1e-3)
    #expect(found.ssim < 0.99)
    // Something else for all is worse than the mean.
    let gray = try quality([Float](repeating: 0.9, count: faces.count), faces, masks)
    #expect((gray.variety ?? 1) < 1e-3 && (gray.explained ?? 0) < -0.1)
  }

  @Test func halfTheDifferenceIsHalfTheVariety() throws {
    let (faces, masks) = faces(4, resolution: 24)
    let size = 3 * 24 * 24
    let answers = faces.indices.map { at in
      let mean = (0..<4).reduce(Float(0)) { $0 + faces[$1 * size + at % size] } / 4
      return mean + (faces[at] - mean) / 2
    }
    let found = try quality(answers, faces, masks)
    #expect(abs((found.variety ?? 0) - 0.5) < 1e-3 && abs((found.explained ?? 0) - 0.75) < 1e-3)
  }

  @Test func threadsChangeNothingAndFewFacesHaveNoVariety() throws {
    let (faces, masks) = faces(5, resolution: 24)
    let answers = faces.map { $0 * 0.9 }
    #expect(
      try quality(answers, faces, masks, threads: 1)
        == quality(answers, faces, masks, threads: 4))
    let size = 3 * 24 * 24
    let three = try quality(
      Array(answers.prefix(3 * size)), Array(faces.prefix(3 * size)),
      Array(masks.prefix(3 * 24 * 24)))
    #expect(three.variety == nil && three.explained == nil && three.ssim < 1)
    #expect(
      FaceQuality(
        answers: faces, faces: faces, masks: masks.map { _ in 0 }, resolution: 24, threads: 1)
        == nil)
  }
}

@Suite struct SwapTruthTests {
  /// In a large frame, near its corner.
  private func face(resolution: Int) -> TargetFace {
    let place = AffineTransform.scale(0.5).then(.translation(x: 20, y: 14))
    return TargetFace(
      landmarks: figureLandmarks(size: 160).mapped(by: place),
      transform: place.inverse.then(.scale(Double(resolution) / 160)))
  }

  private func model(_ folder: TemporaryFolder) throws -> SwapModel {
    try TrainingRun(
      folder: folder.url, configuration: small(steps: 1), manifest: "m", engine: CPUEngine()
    ).model()
  }

  /// What `apply` makes of the whole frame is the truth: the score of the cut one must be perfect.
  @Test func aSwapIsMeasuredAsItIsApplied() throws {
    let folder = try TemporaryFolder()
    let model = try model(folder)
    let face = face(resolution: 16)
    let frame = smoothImage(width: 320, height: 200)
    let patch = FacePatch.cut(
      from: frame, transform: face.transform, resolution: 16, border: .replicate)
    var swapped = frame
    Compositor().composite(
      SwappedFace(pixels: try model.swap(patch, count: 1), resolution: 16), patch: patch, at: face,
      into: &swapped)
    #expect(swapped != frame)
    let truth = SwapTruth(frames: [
      try SwapTruth.Frame(
        image: frame, truth: swapped, face: face, resolution: 16, subject: "frame")
    ])
    let score = try #require(try truth.score(of: model))
    #expect(score.psnr == 100 && score.ssim > 0.9999 && score.frames == 1)
    #expect(try #require(truth.untouched).psnr < 40)
  }

  @Test func theWorstTenthIsOfTheWorstFrames() throws {
    let folder = try TemporaryFolder()
    let model = try model(folder)
    let face = face(resolution: 16)
    let frames = try (0..<20).map { number in
      var truth = smoothImage(width: 200, height: 160)
      // Two frames are far off.
      if number < 2 { truth = noiseImage(width: 200, height: 160) }
      return try SwapTruth.Frame(
        image: smoothImage(width: 200, height: 160), truth: truth, face: face, resolution: 16,
        subject: "frame")
    }
    let untouched = try #require(SwapTruth(frames: frames).untouched)
    let alone = try #require(SwapTruth(frames: Array(frames.prefix(2))).untouched)
    #expect(untouched.worstPSNR == alone.psnr && untouched.worstSSIM == alone.ssim)
    #expect(abs(untouched.psnr - (18 * 100 + 2 * alone.psnr) / 20) < 1e-9)
    #expect(try SwapTruth(frames: []).score(of: model) == nil)
  }

  @Test func aTruthOfAnotherSizeIsRefusedInWords() throws {
    let error = #expect(throws: TrainerError.self) {
      try SwapTruth.Frame(
        image: smoothImage(width: 200, height: 160), truth: smoothImage(width: 100, height: 80),
        face: face(resolution: 16), resolution: 16, subject: "truth.mp4")
    }
    #expect(
      error?.description
        == "truth.mp4: the right answer has 100×80 pixels, the frame 200×160")
    let away = TargetFace(
      landmarks: figureLandmarks(size: 160).mapped(by: .translation(x: 900, y: 0)),
      transform: .translation(x: -900, y: 0))
    #expect(throws: TrainerError.self) {
      try SwapTruth.Frame(
        image: smoothImage(width: 200, height: 160), truth: smoothImage(width: 200, height: 160),
        face: away, resolution: 16, subject: "truth.mp4")
    }
  }
}

@Test func whatIsMeasuredGoesIntoHistoryStatusAndReport() throws {
  let folder = try TemporaryFolder()
  var configuration = small(steps: 6)
  configuration.previewInterval = 3
  let run = try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
  var measured: [PreviewQuality?] = []
  try run.train(
    batches: batches, heldOut: [batches(77)], report: { measured.append($0.quality) },
    measure: { model in
      let batch = batches(1)
      return PreviewQuality(
        learned: .init(
          source: try model.quality(on: [batch.source], side: .source, threads: 1), target: nil),
        unseen: nil, swap: nil)
    })
  #expect(measured.map { $0 != nil } == [false, false, true, false, false, true])
  let status = try RunStatus(folder: folder.url)
  #expect(status.quality == measured[5] && status.heldOut != nil)
  // Steps without a preview do not hide the last one.
  configuration.iterationLimit = 8
  try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine()
  ).train(batches: batches)
  #expect(try RunStatus(folder: folder.url).quality == measured[5])
}
