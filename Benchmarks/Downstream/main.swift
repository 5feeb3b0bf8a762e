import FaceCore
import Foundation
import Media
import SyntheticFaces
import Trainer

// Footage with a skew, and how far a swap of it is from the truth, cell by cell.
//
//     downstream-bench render CLIPS SECONDS RARE STILL TURNING
//     downstream-bench score CLIPS SWAPS truth|own-tone
//     downstream-bench score-model CLIPS MODEL
let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("render", 7):
  try render(
    into: arguments[2], seconds: Double(arguments[3]) ?? 20, rare: Double(arguments[4]) ?? 1,
    still: Int(arguments[5]) ?? 8, turning: Int(arguments[6]) ?? 2)
case ("score", 5):
  try score(arguments[3], clips: arguments[2], part: arguments[4])
case ("score-model", 4):
  try score(model: arguments[3], clips: arguments[2])
default:
  print(
    """
    usage: downstream-bench render CLIPS SECONDS RARE STILL TURNING
           downstream-bench score CLIPS SWAPS truth|own-tone
           downstream-bench score-model CLIPS MODEL
    """)
  exit(64)
}
