// Fills a catalogue with generated faces and measures what people wait for.
//
// Usage: catalog-bench FOLDER FACES
//        catalog-bench manifest FOLDER FACES [BYTES A CROP]
// The workspace is made in FOLDER and left there. Rows are made up, but they go through the real
// schema with its rules, triggers and indexes; crops are not made.

import Catalog
import FaceCore
import Foundation
import GRDB

let arguments = CommandLine.arguments
if arguments.count >= 4, arguments[1] == "manifest", let faces = Int(arguments[3]), faces > 0 {
  try ManifestBench.make(
    in: arguments[2], faces: faces,
    bytes: arguments.count > 4 ? Int(arguments[4]) ?? 20_000 : 20_000)
  exit(0)
}
guard arguments.count == 3, let total = Int(arguments[2]), total > 0 else {
  FileHandle.standardError.write(Data("usage: catalog-bench [manifest] FOLDER FACES\n".utf8))
  exit(64)
}
let folder = arguments[1]
let people = ["alice", "bob", "carol", "dave"]
let facesAVideo = 1000

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return start.duration(to: .now) / .seconds(1)
}

/// Of all threads; unlike the clock it does not know what else the machine does.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func milliseconds(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1000) }

/// Rows straight into the tables: a million through `commit` would make a million crops.
func fill() throws {
  _ = try Workspace.create(at: folder)
  var configuration = Configuration()
  configuration.foreignKeysEnabled = true
  let database = try DatabaseQueue(path: folder + "/catalog.sqlite", configuration: configuration)
  try database.writeWithoutTransaction { db in
    try db.execute(sql: "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")
    db.add(
      function: DatabaseFunction("rand", argumentCount: 2) { values in
        let low = Double.fromDatabaseValue(values[0]) ?? 0
        return Double.random(in: low...(Double.fromDatabaseValue(values[1]) ?? low))
      })
    try db.inTransaction {
      try db.execute(
        sql: """
          INSERT INTO journal(at, author, command, summary)
          VALUES ('2026-01-01T00:00:00Z', 'bench', 'catalog-bench', 'made up')
          """)
      for name in people {
        try db.execute(
          sql: "INSERT INTO identity(name, journal_id) VALUES (?, 1)", arguments: [name])
      }
      return .commit
    }
    let videos = (total + facesAVideo - 1) / facesAVideo
    let bins = LightBin.allCases.enumerated().map {
      "WHEN \($0.offset) THEN '\($0.element.rawValue)'"
    }
    .joined(separator: " ")
    for video in 1...videos {
      try db.inTransaction {
        try db.execute(
          sql: """
            INSERT INTO video(id, sha256, size, modified, path, name, width, height, codec,
              time_numerator, time_denominator, duration, state, next_ordinal, journal_id)
            VALUES (?1, printf('%016x%048x', ?1 * 2654435761, ?1), 1, 1, '/bench/' || ?1,
              'clip-' || ?1 || '.mp4',
              1280, 720, 'h264', 1, 25, 100000, 'done', 100000, 1)
            """,
          arguments: [video])
        try db.execute(
          sql: """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
            INSERT INTO track(video_id, number, shot) SELECT ?, i, i / 2 FROM n
            """,
          arguments: [video])
        let person = (video * 7919) % 100
        // Four people with a half, a quarter … of the videos, some nobody has named.
        let identity = person < 40 ? 1 : person < 65 ? 2 : person < 80 ? 3 : person < 90 ? 4 : nil
        let count = min(facesAVideo, total - (video - 1) * facesAVideo)
        try db.execute(
          sql: """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?3 - 1),
            made AS MATERIALIZED (
              SELECT i, rand(-1, 1) * rand(0, 85) AS yaw, rand(-1, 1) * rand(0, 40) AS pitch,
                rand(0, 60) AS sharpness, rand(15, 160) AS eye, rand(0, 1) AS other FROM n)
            INSERT INTO face(video_id, track, ordinal, position, ticks, yaw, pitch, roll,
              pose_w, pose_x, pose_y, pose_z, score, eye_distance, identity_id,
              box_x, box_y, box_width, box_height, crop_name, crop_sha256, crop_size, crop_type,
              crop_a, crop_b, crop_tx, crop_c, crop_d, crop_ty, landmarks, light, cell, light_bin,
              sharpness, luminance, mouth, eyes, inter_eye, under_exposed, over_exposed,
              landmark_misfit, exposure, uniformity, noise, blur, upscaled, blockiness, interlaced,
              outside, jitter, brows, warmth, tint, luminance_variance, dynamic_range, blur_angle,
              colour_cast)
            SELECT ?1, i / 100, i * 3, 0, i * 3, yaw, pitch, other * 20 - 10, 1, 0, 0, 0, other,
              eye, ?2, 100, 100, eye * 2.5, eye * 2.5, ?1 || '/' || i || '.jpg',
              printf('%064x', i + ?1 * 1000), 256, 'full_face', 1, 0, 0, 0, 1, 0,
              zeroblob(544), zeroblob(36),
              (4 + iif(yaw < 0, -1, 1) * min(4, CAST(abs(yaw) / 20.0 + 0.5 AS INTEGER))) * 5
                + 2 + iif(pitch < 0, -1, 1) * min(2, CAST(abs(pitch) / 15.0 + 0.5 AS INTEGER)),
              CASE CAST(other * 17 AS INTEGER) \(bins) END, sharpness, other, rand(0, 0.3), rand(0, 0.4), eye, other / 9, other / 7,
              rand(0, 0.2), other * -4, rand(0, 1), other * 3, rand(0, 9), 1 + other, other / 2, other / 3,
              0, rand(0, 2), other / 5, other * 20, other * 15, other / 11, 5 + other, rand(0, 180),
              other * 2
            FROM made
            """,
          arguments: [video, identity, count])
        return .commit
      }
      if video % 500 == 0 { print("  \(video * facesAVideo) faces") }
    }
    try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
  }
}

/// Three predicates, each time others.
func query(_ number: Int) -> String {
  let person = people[number % people.count]
  let low = -70 + number * 37 % 110
  let sharp = 5 + number * 13 % 40
  return switch number % 4 {
  case 0: "identity = \(person) and yaw in \(low)..\(low + 30) and sharpness >= \(sharp)"
  case 1: "identity = \(person) and light in (left-hard, up-left-hard) and size >= \(sharp + 20)"
  case 2: "yaw in \(low)..\(low + 20) and sharpness >= \(sharp) and luminance < 0.5"
  default: "identity = \(person) and cell = y4p2 and mouth > 0.1"
  }
}

/// Runs `body` for each number, and says how long it took by the clock and in processor time.
func report(_ title: String, _ numbers: some Sequence<Int>, _ body: (Int) throws -> Void) rethrows {
  var (times, processor): ([Double], [Double]) = ([], [])
  for number in numbers {
    let start = processorSeconds()
    times.append(try seconds { try body(number) })
    processor.append(processorSeconds() - start)
  }
  let (middle, end) = (times.count / 2, min(times.count - 1, times.count * 95 / 100))
  (times, processor) = (times.sorted(), processor.sorted())
  print(
    "\(title): p50 \(milliseconds(times[middle])), p95 \(milliseconds(times[end])),"
      + " worst \(milliseconds(times[times.count - 1])) of \(times.count);"
      + " processor p50 \(milliseconds(processor[middle])), p95 \(milliseconds(processor[end]))")
}

if !FileManager.default.fileExists(atPath: folder + "/catalog.sqlite") {
  let time = try seconds(fill)
  print("filled with \(total) faces in \(Int(time)) s, \(Int(Double(total) / time)) faces/s")
}
let size =
  try FileManager.default.attributesOfItem(atPath: folder + "/catalog.sqlite")[.size] as? Int ?? 0
print("catalog.sqlite: \(size / 1_000_000) MB, \(size / total) bytes a face")

let workspace = try Workspace(opening: folder, access: .readOnly)
_ = try workspace.facets(matching: FaceQuery(parsing: query(0)))  // Fills the page cache.
var found = 0
let count = total > 2_000_000 ? 20 : 60
try report("three predicates + facets", 0..<count) { number in
  found += try workspace.facets(matching: FaceQuery(parsing: query(number))).total
}
print("  \(found / count) faces on average")
try report("the same, with one person named", (0..<count).filter { $0 % 4 != 2 }) { number in
  _ = try workspace.facets(matching: FaceQuery(parsing: query(number)))
}
try report("coverage of one person", 0..<40) { number in
  let faceQuery = try FaceQuery(parsing: "identity = \(people[number % people.count])")
  _ = try workspace.cellCounts(matching: faceQuery)
}
try report("first page of fifty", 0..<20) { number in
  _ = try workspace.faces(matching: FaceQuery(parsing: query(number)), limit: 50)
}
try report("sharper than most of alice, of her cell", 0..<3) { number in
  let faceQuery = try FaceQuery(parsing: "identity = alice and sharpness >= p\(50 + number)")
  _ = try workspace.count(matching: faceQuery)
}
