import Align
import Catalog
import FaceCore
import Foundation
import Media
import Networks
import Trainer

/// A model and a video in, the swapped and marked video out.
struct ApplyJob {
  let model: SwapModel
  /// `models/NAME`.
  let folder: URL
  let video: String
  let output: String
  /// Faces of the target by frame; found beforehand so that they can be smoothed both ways.
  let faces: [Int: Landmarks]
  let faceType: FaceType
  var quality = 18
  /// The right answer, where it is known.
  var truth: String?
  /// Where to put a contact sheet, and how many frames it shows.
  var sheet: String?

  private static let sheetRows = 6
  private static let sheetCell = 240
  private static let batchSize = 8

  struct Result {
    var statistics: SwapPipeline.Statistics
    /// What is wrong with the video, where not all of it could be read.
    var damage: String?
    /// Against the truth, inside the mask: the swap, and the target as it was.
    var swapError: SwapError?
    var targetError: SwapError?
  }

  func run(progress: (Progress) -> Void) throws -> Result {
    let reader = try VideoSource(path: video)
    let info = reader.info
    let origin = try origin()
    var writer = try VideoWriter(path: output, settings: settings(for: info, of: origin))
    let truthReader = try truth.map { try VideoSource(path: $0) }
    var pipeline = SwapPipeline(resolution: model.resolution, batchSize: Self.batchSize)
    pipeline.keepsOriginals = truth != nil || sheet != nil
    pipeline.border = .replicate
    var result = (swap: SwapError(), target: SwapError())
    let shown = sheetFrames()
    var rows: [[Image]] = []
    let statistics = try pipeline.run(
      frameCount: info.frameCount,
      read: { try reader.next().map { ($0.image, $0.timestamp) } },
      find: { frame in face(in: frame.index) },
      infer: { patches, count in try infer(patches, count: count) },
      progress: progress,
      write: { frame in
        let right = try truthReader?.next()?.image
        if let right, let mask = frame.mask, let original = frame.original {
          result.swap.add(frame.image, truth: right, mask: mask)
          result.target.add(original, truth: right, mask: mask)
        }
        if shown.contains(frame.index), let original = frame.original {
          let pictures = [original, frame.image] + (right.map { [$0] } ?? [])
          rows.append(pictures.map { closeUp(of: $0, in: frame.index) })
        }
        try writer.append(frame.image, at: frame.timestamp)
      })
    try writer.finish()
    if let sheet, !rows.isEmpty {
      let captions = ["TARGET", "SWAP"] + (truth == nil ? [] : ["TRUTH"])
      let picture = ContactSheet.image(
        rows: rows, captions: captions, width: captions.count * (Self.sheetCell + 4) + 4)
      try ImageFile.write(picture, path: sheet, xmp: compositeXMP(origin))
    }
    return Result(
      statistics: statistics, damage: reader.damage, swapError: truth.map { _ in result.swap },
      targetError: truth.map { _ in result.target })
  }

  private func settings(for info: VideoInfo, of origin: CompositeOrigin) -> VideoSettings {
    var settings = VideoSettings(
      width: info.width, height: info.height, timebase: info.timebase, frameRate: info.frameRate,
      colors: info.colors)
    settings.pixelAspect = info.pixelAspect
    settings.quality = quality
    settings.preset = .veryfast
    settings.audio = info.audioCodec == nil ? .none : .copy(from: video)
    settings.metadata = [
      "comment": "Composite made with a trained face-swap model (\(origin.creatorTool)). "
        + "Digital source type: compositeWithTrainedAlgorithmicMedia."
    ]
    settings.xmp = compositeXMP(origin)
    return settings
  }

  private func origin() throws -> CompositeOrigin {
    CompositeOrigin(
      creatorTool: Curate.tool, modelName: folder.lastPathComponent,
      modelDigest: try Digest.hex(ofFile: model.weightsFile(in: folder).path),
      manifestID: model.manifest)
  }

  private func face(in index: Int) -> TargetFace? {
    faces[index].map { landmarks in
      TargetFace(
        landmarks: landmarks,
        transform: cropTransform(landmarks: landmarks, size: model.resolution, type: faceType))
    }
  }

  private func infer(_ patches: [Float], count: Int) throws -> [SwappedFace] {
    let swapped = try model.swapWithMasks(patches, count: count)
    let area = model.resolution * model.resolution
    return (0..<count).map { place in
      SwappedFace(
        pixels: Array(swapped.faces[place * 3 * area..<(place + 1) * 3 * area]),
        mask: swapped.masks.map { Array($0[place * area..<(place + 1) * area]) },
        resolution: model.resolution)
    }
  }

  /// The surroundings of the face within the picture, for the sheet.
  private func closeUp(of image: Image, in index: Int) -> Image {
    guard let box = faces[index]?.box else { return image }
    let (width, height) = (Float(image.width), Float(image.height))
    let side = min(2 * max(box.width, box.height), width, height)
    let left = min(max(0, box.center.x - side / 2), width - side)
    let top = min(max(0, box.center.y - side / 2), height - side)
    return image.warped(
      by: FaceCore.AffineTransform.translation(x: -Double(left), y: -Double(top))
        .then(.scale(Double(Self.sheetCell) / Double(side))),
      width: Self.sheetCell, height: Self.sheetCell)
  }

  /// Frames for the sheet, spread evenly over those with a face.
  private func sheetFrames() -> Set<Int> {
    let all = faces.keys.sorted()
    guard sheet != nil, !all.isEmpty else { return [] }
    let count = min(Self.sheetRows, all.count)
    return Set((0..<count).map { all[($0 * 2 + 1) * all.count / (2 * count)] })
  }
}
