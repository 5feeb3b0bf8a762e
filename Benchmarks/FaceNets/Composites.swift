import FaceCore
import FaceNetTraining
import Foundation
import Media

private struct ListedFace: Encodable {
  var file: String
  var person: String
  var landmarks68: Landmarks
}

/// Writes `count` pictures, two of each person made of those of a list, and a list of them, for a teacher
/// (teach.py) to say who they are.
func composites(list: String, folder: String, count: Int, seed: UInt64) throws {
  let portraits = try PortraitFolder.read(list: list)
  let rendered = try CommandLine.arguments.dropFirst(6).flatMap { try PortraitFile.read($0) }
  let composites = Composites(of: portraits, rendered: rendered, seed: seed)
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  var faces: [ListedFace] = []
  for person in 0..<(count + 1) / 2 {
    for (index, picture) in composites.pictures(ofPerson: person, count: 2).enumerated() {
      let name = "made\(person)_\(index).jpg"
      let image = Image(
        width: picture.luma.width, height: picture.luma.height,
        bytes: picture.luma.bytes.flatMap { [$0, $0, $0] })
      try ImageFile.write(try JPEG.encode(image, quality: 92), path: "\(folder)/\(name)")
      faces.append(
        ListedFace(file: name, person: "made\(person)", landmarks68: picture.landmarks))
    }
  }
  let path = URL(fileURLWithPath: folder).appendingPathComponent("list.json")
  try AtomicFile.write(try JSONEncoder().encode(faces), to: path.path)
}
