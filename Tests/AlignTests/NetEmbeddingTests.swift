import Align
import FaceCore
import Foundation
import Networks
import TestSupport
import Testing

/// People whom the built-in weights were not trained on.
private struct Known: Decodable {
  var file: String
  var person: String
  var video: String
  var landmarks68: Landmarks
}

private let identities: [Known] = {
  guard let path = sharedFile("media/identities/identities.json"),
    let data = try? Data(contentsOf: URL(fileURLWithPath: path))
  else { return [] }  // The tests that need it are skipped.
  return ((try? JSONDecoder().decode([Known].self, from: data)) ?? []).filter {
    $0.person >= "p080"
  }
}()

@Suite struct NetEmbeddingTests {
  private static func product(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test func weightsSayWhatTheyThinkOfStrangers() throws {
    let strangers = try #require(try NetEmbedding.strangers())
    #expect(strangers.count == 128 && strangers.length == 256)
    for row in 0..<strangers.count {
      #expect(abs(Self.product(strangers[row], strangers[row]) - 1) < 1e-4)
    }
    #expect(Set((0..<strangers.count).map { strangers[$0] }).count == 128)

    let without = Parameters(EmbeddingNetwork.network.parameters)
    #expect(try NetEmbedding.strangers(of: without) == nil)
    for shape in [[4, 2 * EmbeddingNetwork.count], [EmbeddingNetwork.count], [2, 2, 64]] {
      let others = Parameters(
        EmbeddingNetwork.network.parameters + [Parameter(NetEmbedding.strangersName, shape)])
      #expect(throws: NetworksError.self) { try NetEmbedding.strangers(of: others) }
    }
  }

  @Test(.enabled(if: !identities.isEmpty && picturesAreHere))
  func framesOfOneVideoAreMoreAlikeThanStrangers() throws {
    let net = try NetEmbedding(engine: try CPUEngine(threads: 1))
    let folder = try #require(sharedFile("media/identities"))
    // Two frames of one video of each person.
    let pairs = Dictionary(grouping: identities, by: \.person).sorted { $0.key < $1.key }
      .compactMap { _, faces -> [Known]? in
        let video = faces.filter { $0.video == faces[0].video }
        return video.count > 1 ? Array(video.prefix(2)) : nil
      }.prefix(20)
    let embedded = try pairs.map { pair in
      try pair.map {
        net.embedding(
          of: GrayImage(try picture("\(folder)/\($0.file)")), landmarks: $0.landmarks68)
      }
    }
    for face in embedded.joined() {
      #expect(face.count == 256 && abs(Self.product(face, face) - 1) < 1e-4)
    }
    var right = 0
    for (index, pair) in embedded.enumerated() {
      let stranger = embedded.indices.filter { $0 != index }
        .map { Self.product(pair[0], embedded[$0][1]) }.max()
      if let stranger, Self.product(pair[0], pair[1]) > stranger { right += 1 }
    }
    #expect(embedded.count > 10)
    #expect(right * 4 >= embedded.count * 3)
  }
}
