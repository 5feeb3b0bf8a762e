// Faces made for training in a second of one core: crops decoded, turned, warped, masked.
// Usage: loader-bench MANIFEST CROPS.sqlar RESOLUTION SECONDS
import FaceCore
import Foundation
import Media
import Trainer

let arguments = CommandLine.arguments
guard arguments.count == 5, let resolution = Int(arguments[3]), let seconds = Double(arguments[4])
else {
  print("usage: loader-bench MANIFEST CROPS.sqlar RESOLUTION SECONDS")
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
let loader = try BatchLoader(
  samples: rows.map {
    FaceSample(
      id: $0.id, crop: $0.crop.name, frameLandmarks: $0.landmarks, frameToCrop: $0.crop.matrix,
      mayMirror: true, cropSize: $0.crop.size)
  },
  configuration: .init(resolution: resolution, batchSize: batchSize, seed: 1), cacheLimit: 0,
  threads: 1
) { name, side in try ImageFile.decode(crops[name] ?? [], atLeast: side, subject: name) }

/// Seconds of all cores together that this process has used: others on the machine do not count.
func used() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

FreedMemory.keep()
_ = try loader.batch(step: 0)
let start = used()
var batches = 0
while used() - start < seconds {
  _ = try loader.batch(step: batches)
  batches += 1
}
print(String(format: "%.1f", Double(batches * batchSize) / (used() - start)))
