// Faces made for training in a second of one core: crops decoded, turned, warped, masked.
// Usage: loader-bench MANIFEST CROPS.sqlar RESOLUTION SECONDS [VARIANTS]
//
// Nothing is cached but what CACHE_MB in the environment allows, which is filled before the clock starts.
// VARIANTS gives each face so many variants with every operation, which makes most draws one of those.
import FaceCore
import Foundation
import Media
import Trainer

let arguments = CommandLine.arguments
guard (5...6).contains(arguments.count), let resolution = Int(arguments[3]),
  let seconds = Double(arguments[4]), let variants = Int(arguments.dropFirst(5).first ?? "0")
else {
  print("usage: loader-bench MANIFEST CROPS.sqlar RESOLUTION SECONDS [VARIANTS]")
  exit(64)
}
let manifest = try Manifest(path: arguments[1])
let rows = Array(manifest.rows.filter { $0.side == .source && $0.split == .train })
let folder = FileManager.default.temporaryDirectory.appending(path: "loader-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }  // Nothing is lost with it.
let unpack = Process()
unpack.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
unpack.arguments = [arguments[2], "-Ax"]
unpack.currentDirectoryURL = folder
try unpack.run()
unpack.waitUntilExit()
var bytes: [String: [UInt8]] = [:]
for row in rows {
  bytes[row.crop.name] = Array(try Data(contentsOf: folder.appending(path: row.crop.name)))
}
let crops = bytes
let batchSize = 16

/// A face, and changed copies of it.
func samples(of row: ManifestRow) -> [FaceSample] {
  let variant = FaceVariant(
    cell: FaceCell(PoseCell(yaw: row.pose.yaw, pitch: row.pose.pitch)),
    rotate: .init(yaw: row.pose.yaw < 0 ? -8 : 8, pitch: 3),
    relight: row.light.flatMap { light in
      LightBin.allCases.first { light.bin.isBeside($0) }.map { light.moved(into: $0) }
    },
    color: .init(gain: [1.05, 1, 0.95], saturation: 0.9), scale: 0.7, blur: .init(sigma: 0.6),
    noise: 2, jpeg: 75)
  let change = FaceSample.Change(
    variant, pose: row.pose.seen(through: row.crop.matrix), light: row.light)
  return ([nil] + [FaceSample.Change?](repeating: change, count: variants)).map {
    FaceSample(
      id: row.id, crop: row.crop.name, frameLandmarks: row.landmarks,
      frameToCrop: row.crop.matrix, mayMirror: true, cropSize: row.crop.size, change: $0)
  }
}

let cache = ProcessInfo.processInfo.environment["CACHE_MB"].flatMap { Int($0) } ?? 0
let loader = try BatchLoader(
  samples: rows.flatMap(samples),
  configuration: .init(resolution: resolution, batchSize: batchSize, seed: 1),
  cacheLimit: cache << 20, threads: 1
) { name, side in try ImageFile.decode(crops[name] ?? [], atLeast: side, subject: name) }

/// Seconds of all cores together that this process has used: others on the machine do not count.
func used() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

FreedMemory.keep()
let warmUp = cache > 0 ? 4 * loader.samples.count / batchSize : 1
for step in 0..<warmUp { _ = try loader.batch(step: step) }
let start = used()
var batches = 0
while used() - start < seconds {
  _ = try loader.batch(step: batches)
  batches += 1
}
print(String(format: "%.1f", Double(batches * batchSize) / (used() - start)))
