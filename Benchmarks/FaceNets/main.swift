import Align
import FaceCore
import FaceNetTraining
import Foundation
import Media
import Networks

// usage: sheet OUT | train detector OUT STEPS
let arguments = CommandLine.arguments
func option(_ name: String) -> String? {
  arguments.firstIndex(of: "--" + name).map { arguments[$0 + 1] }
}
if arguments[1] == "detect" {
  try detect(weights: arguments[2], list: arguments[3], side: Int(arguments[4])!)
  exit(0)
}
if arguments[1] == "embed" {
  try embed(weights: arguments[2], list: arguments[3])
  exit(0)
}
if arguments[1] == "embedding-sheet" {
  try embeddingSheet(try embeddingSamples(), to: arguments[2])
  exit(0)
}
if arguments[1...2] == ["train", "embedding"] {
  var options = NetTrainingOptions()
  options.steps = Int(option("steps") ?? "8000")!
  options.learningRate = Float(option("rate") ?? "1e-3")!
  options.batch = Int(option("batch") ?? "64")!
  options.engineThreads = Int(option("threads") ?? "1")!
  options.initialWeights = option("from")
  try trainEmbedding(to: arguments[3], options: options)
  exit(0)
}
let people = Int(option("people") ?? "400")!
let each = Int(option("each") ?? "40")!
let start = Date()
var portraits: [Portrait]
if let cache = option("portraits"), FileManager.default.fileExists(atPath: cache) {
  portraits = try PortraitFile.read(cache)
} else {
  portraits = SyntheticPortraits(people: people, portraitsEach: each, seed: 1).rendered(threads: 2)
  if let cache = option("portraits") { try PortraitFile.write(portraits, to: cache) }
}
FileHandle.standardError.write(Data("rendered \(portraits.count) in \(Date().timeIntervalSince(start)) s\n".utf8))
let synthetic = portraits.count
if let list = option("list") {
  portraits += try PortraitFolder.read(list: list, firstPerson: people)
}
let backgrounds = try Backgrounds(folder: option("backgrounds")!)
let samples = DetectorSamples(
  portraits: portraits, preferred: synthetic, preferredShare: Float(option("share") ?? "1")!,
  backgrounds: backgrounds, seed: 7)
if arguments[1] == "squares" {
  let l = LandmarkSamples(
    portraits: portraits, preferred: synthetic, preferredShare: Float(option("share") ?? "1")!,
    backgrounds: backgrounds, seed: 11)
  let (n, w) = (10, 96)
  var bytes = [UInt8](repeating: 0, count: n * n * w * w * 3)
  for k in 0..<n * n {
    let s = l.sample(k)
    var g = s.square.picture.bytes.flatMap { [$0, $0, $0] }
    for (i, p) in s.points.enumerated() {
      let (x, y) = (Int((p.x + 1) * 48), Int((p.y + 1) * 48))
      guard (0..<96) ~= x, (0..<96) ~= y else { continue }
      g[(y * 96 + x) * 3 + (s.visible[i] ? 1 : 0)] = 255
    }
    for y in 0..<w {
      for x in 0..<w * 3 { bytes[((k / n * w + y) * n * w + k % n * w) * 3 + x] = g[y * w * 3 + x] }
    }
  }
  try ImageFile.write(Image(width: n * w, height: n * w, bytes: bytes), path: arguments[2])
  let t = Date()
  for k in 0..<1000 { _ = l.sample(k) }
  print("ms a sample", Date().timeIntervalSince(t))
} else if arguments[1] == "sheet" {
  let n = 6
  var bytes = [UInt8](repeating: 0, count: n * n * 256 * 256 * 3)
  for k in 0..<n * n {
    var s = samples.sample(k)
    for f in s.faces {
      let b = f.box
      for (x, y, w, h) in [(b.x, b.y, b.width, 1), (b.x, b.y + b.height, b.width, 1), (b.x, b.y, 1, b.height), (b.x + b.width, b.y, 1, b.height)] as [(Float, Float, Float, Float)] {
        s.canvas.fill(ellipse: Point(x: x + w / 2, y: y + h / 2), radii: (w / 2, h / 2), angle: 0, level: 1, isBox: true)
      }
      for p in f.points { s.canvas.fill(ellipse: p, radii: (1.5, 1.5), angle: 0, level: 1) }
    }
    let g = s.canvas.picture
    for y in 0..<256 {
      for x in 0..<256 {
        let at = ((k / n * 256 + y) * n * 256 + k % n * 256 + x) * 3
        for c in 0..<3 { bytes[at + c] = g.bytes[y * 256 + x] }
      }
    }
  }
  try ImageFile.write(Image(width: n * 256, height: n * 256, bytes: bytes), path: arguments[2])
  let t = Date()
  for k in 0..<200 { _ = samples.sample(k) }
  print("ms a sample", Date().timeIntervalSince(t) * 5)
} else {
  var options = NetTrainingOptions()
  options.steps = Int(option("steps") ?? "20000")!
  options.learningRate = Float(option("rate") ?? "1e-3")!
  options.batch = Int(option("batch") ?? "16")!
  options.engineThreads = Int(option("threads") ?? "1")!
  options.initialWeights = option("from")
  let out = arguments[3]
  func run<L: Lesson>(_ lesson: L) throws {
    let mean = try NetTrainer(lesson, options: options).run(checkpoint: out + ".checkpoint") { r in
      let line = String(format: "step %d loss %.4f %.2f steps/s wait %.2f\n", r.step, r.loss, r.rate, r.waiting)
      FileHandle.standardError.write(Data(line.utf8))
    }
    try writeWeights(mean, metadata: ["steps": "\(options.steps)"], to: out)
  }
  switch arguments[2] {
  case "detector": try run(DetectorLesson(samples: samples))
  default:
    try run(
      LandmarkLesson(
        samples: LandmarkSamples(
          portraits: portraits, preferred: synthetic, preferredShare: Float(option("share") ?? "1")!,
          backgrounds: backgrounds, seed: 11)))
  }
}
