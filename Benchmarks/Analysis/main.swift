// How well faces are analysed: pose and light where they are known, and how long all of it takes.
//
// usage: analysis-bench pose                poses of rendered heads: one's own shape, or the mean's
//        analysis-bench heads ANNOTATED     poses of filmed heads, of the network, the fit and both
//        analysis-bench damage ANNOTATED    measures of pictures that were damaged in a known way
//        analysis-bench light               light on rendered heads
//        analysis-bench track-light         the same on heads that turn, by the frames around each
//        analysis-bench speed               faces a second of decoded squares of 256 pixels
//        analysis-bench variants [FOLDER]   turned and relit faces against rendered truth; pictures too
//        analysis-bench head-modes          prints the table of Sources/Align/HeadModes.swift
//        analysis-bench light-table         prints the table of Sources/FaceCore/Head/LightTransfer.swift

import Align
import FaceCore
import Foundation
import SyntheticFaces

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("pose", 2): benchPose()
case ("heads", 3): try benchHeads(folder: arguments[2])
case ("damage", 3): try benchDamage(folder: arguments[2])
case ("light", 2): try benchLight()
case ("track-light", 2): try benchTrackLight()
case ("speed", 2): try benchSpeed()
case ("variants", 2...3): try benchVariants(writingTo: arguments.dropFirst(2).first)
case ("head-modes", 2): printHeadModes()
case ("light-table", 2):
  try printTable(
    of: (0..<32).map { FaceIdentity(name: "t\($0)", seed: 3000 + $0) }, using: try FaceAligner())
default:
  FileHandle.standardError.write(Data("usage: see the head of main.swift\n".utf8))
  exit(64)
}
