// Near-duplicates, for dedup.py: a labelled set of videos, and how fast all pairs are found.
//
// usage: dedup-bench render FOLDER PEOPLE MOMENTS
//        dedup-bench search COUNT [DISTANCE] [THREADS]

import FaceCore
import Foundation

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("render", 5):
  try render(
    into: arguments[2], people: Int(arguments[3]) ?? 4, moments: Int(arguments[4]) ?? 40)
case ("search", 3...):
  search(
    count: Int(arguments[2]) ?? 100_000, limit: arguments.count > 3 ? Int(arguments[3]) ?? 31 : 31,
    threads: arguments.count > 4 ? Int(arguments[4]) ?? 2 : 2)
default:
  FileHandle.standardError.write(Data("usage: see the head of main.swift\n".utf8))
  exit(64)
}
