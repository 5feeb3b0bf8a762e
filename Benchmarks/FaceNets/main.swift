// The built-in networks on annotated pictures, for detection.py, landmarks.py and embedding.py, and how long they take.
//
// usage: facenet-bench detect DETECTOR LIST.json SIDE [--landmarks LANDMARKS] [--dlib]
//        facenet-bench place LANDMARKS ANNOTATED
//        facenet-bench jitter LANDMARKS ANNOTATED
//        facenet-bench embed EMBEDDING LIST.json [--plain]
//        facenet-bench people EMBEDDING LIST.json [SEED OF RENDERED PEOPLE]
//        facenet-bench strangers EMBEDDING OUTPUT
//        facenet-bench crowd TRACKS PEOPLE
//        facenet-bench composites LIST.json FOLDER COUNT SEED [PORTRAITFILE]
//        facenet-bench speed

import Align
import Foundation
import Networks

/// Milliseconds of one forward pass on one thread, the median of 300.
func speed() throws {
  let engine = try CPUEngine(threads: 1)
  func measure(_ name: String, _ network: Network) throws {
    let parameters = Parameters(network.parameters)
    parameters.initialize(seed: 1)
    let executable = try engine.compile(network, batch: 1, for: .inference, parameters: parameters)
    let input = [Float](repeating: 0.3, count: network.input.shape.count)
    let times = (0..<300).map { _ in
      let start = Date()
      _ = executable.forward(input)
      return Date().timeIntervalSince(start) * 1000
    }.sorted()
    let (median, best) = (times[150], times[0])
    print(
      String(
        format: "\(name): %d parameters, %.2f ms, at best %.2f ms", parameters.numberCount, median,
        best))
  }
  try measure("occlusion", OcclusionNetwork.network)
  for (width, height) in [(320, 320), (640, 384)] {
    try measure(
      "detector \(width)×\(height)", DetectorNetwork.network(width: width, height: height))
  }
  try measure("landmarks", LandmarkNetwork.network)
  try measure("embedding", EmbeddingNetwork.network(EmbeddingNetwork.Tower.allCases))
}

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("detect", 5...):
  try detect(weights: arguments[2], list: arguments[3], side: Int(arguments[4]) ?? 640)
case ("place", 4): try place(weights: arguments[2], folder: arguments[3])
case ("jitter", 4): try jitter(weights: arguments[2], folder: arguments[3])
case ("embed", 4...): try embed(weights: arguments[2], list: arguments[3])
case ("people", 4...5):
  try people(
    weights: arguments[2], list: arguments[3],
    seed: arguments.count > 4 ? UInt64(arguments[4]) ?? 4711 : 4711)
case ("strangers", 4): try strangers(weights: arguments[2], output: arguments[3])
case ("crowd", 4): crowd(tracks: Int(arguments[2]) ?? 16_000, people: Int(arguments[3]) ?? 200)
case ("composites", 6...7):
  try composites(
    list: arguments[2], folder: arguments[3], count: Int(arguments[4]) ?? 1000,
    seed: UInt64(arguments[5]) ?? 1)
case ("speed", 2): try speed()
default:
  FileHandle.standardError.write(Data("usage: see the head of main.swift\n".utf8))
  exit(64)
}
