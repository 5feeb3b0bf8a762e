import FaceCore
import Foundation
import Media
import SyntheticFaces
import Trainer

// Footage with a skew, and how far a swap of it is from the truth, cell by cell.
//
//     downstream-bench render FOLDER SECONDS
//     downstream-bench score SWAPPED.mp4 TRUTH.mp4 TRUTH.jsonl
//     downstream-bench score-model MODEL TARGET.mp4 TRUTH.mp4 TRUTH.jsonl
let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("render", 4):
  try render(into: arguments[2], seconds: Double(arguments[3]) ?? 20)
case ("score", 5):
  try score(arguments[2], truth: arguments[3], facts: arguments[4])
case ("score-model", 6):
  try score(model: arguments[2], target: arguments[3], truth: arguments[4], facts: arguments[5])
default:
  print(
    """
    usage: downstream-bench render FOLDER SECONDS
           downstream-bench score SWAPPED.mp4 TRUTH.mp4 TRUTH.jsonl
           downstream-bench score-model MODEL TARGET.mp4 TRUTH.mp4 TRUTH.jsonl
    """)
  exit(64)
}
