import Align
package import FaceCore
import Foundation
import Media

/// Portraits of a folder of annotated pictures.
package enum PortraitFolder {
  /// One line of the list: a picture of the folder and a face in it.
  package struct Annotation: Decodable, Sendable {
    package var file: String
    package var landmarks68: Landmarks
    /// Who it is, where known.
    package var person: String?
    /// What a teacher says of the picture: `EmbeddingNetwork.count` numbers, of any length.
    package var embedding: [Float]?
  }

  /// Reads the pictures that a JSON list (`[{"file": …, "landmarks68": [[x, y], …], "person": …, "embedding": […]}]`) beside
  /// them names, except those that `isWanted` refuses.
  ///
  /// People are numbered from `firstPerson` on, in the order of their names.
  /// Throws for a list or a picture that cannot be read.
  package static func read(
    list path: String, firstPerson: Int = 0, isWanted: (Annotation) -> Bool = { _ in true }
  ) throws -> [Portrait] {
    let url = URL(fileURLWithPath: path)
    let data = try FileError.naming(path, "cannot be read") { try Data(contentsOf: url) }
    guard let all = try? JSONDecoder().decode([Annotation].self, from: data) else {
      throw FileError(subject: path, reason: "is no list of pictures")
    }
    let annotations = all.filter(isWanted)
    for annotation in annotations {
      guard let numbers = annotation.embedding else { continue }
      guard numbers.count == EmbeddingNetwork.count, numbers.allSatisfy(\.isFinite) else {
        throw FileError(
          subject: path,
          reason: "the embedding of \(annotation.file) is not \(EmbeddingNetwork.count) numbers")
      }
    }
    let names = Set(annotations.compactMap(\.person)).sorted()
    let numbers = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, firstPerson + $0) })
    return try annotations.enumerated().map { index, annotation in
      let file = url.deletingLastPathComponent().appendingPathComponent(annotation.file)
      let image = try ImageFile.read(path: file.path)
      return Portrait(
        picture: GrayImage(image), landmarks: annotation.landmarks68,
        person: annotation.person.flatMap { numbers[$0] } ?? firstPerson + names.count + index,
        teaching: annotation.embedding)
    }
  }
}

extension Portrait {
  /// Of an annotated picture, which belongs to the face wholly, but fades at its edges.
  package init(
    picture: GrayImage, landmarks: Landmarks, person: Int, teaching: [Float]? = nil
  ) {
    let (width, height) = (picture.width, picture.height)
    let rim = max(1, min(width, height) / 16)
    let alpha = (0..<width * height).map { index -> UInt8 in
      let (x, y) = (index % width, index / width)
      let edge = min(x, y, width - 1 - x, height - 1 - y)
      return UInt8(min(255, 255 * (edge + 1) / rim))
    }
    self.init(
      luma: picture, alpha: GrayImage(width: width, height: height, bytes: alpha),
      landmarks: landmarks, visible: [Bool](repeating: true, count: Landmarks.count), pose: nil,
      person: person, teaching: teaching)
  }
}
