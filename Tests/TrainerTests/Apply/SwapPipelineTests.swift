import FaceCore
import Foundation
import Synchronization
import Testing
import Trainer

private struct Failure: Error, Equatable {
  let stage: String
}

/// Frames of 48 × 32 whose first byte is their number.
private final class Source: Sendable {
  private let count: Int
  private let given = Mutex(0)

  init(_ count: Int) { self.count = count }

  /// How many frames were asked for.
  var asked: Int { given.withLock { $0 } }

  func read() -> (image: Image, timestamp: Timestamp)? {
    let index = given.withLock { given in
      given += 1
      return given - 1
    }
    guard index < count else { return nil }
    var image = smoothImage(width: 48, height: 32)
    image.bytes[0] = UInt8(index)
    return (image, Timestamp(ticks: Int64(index * index), numerator: 1, denominator: 600))
  }
}

private let cropToFrame = FaceCore.AffineTransform.scale(0.1)
  .then(.translation(x: 12, y: 4))

private let face = TargetFace(
  landmarks: figureLandmarks(size: 256).mapped(by: cropToFrame),
  transform: cropToFrame.inverse.then(.scale(16.0 / 256)))

private func pause(_ index: Int, _ salt: UInt64) {
  var generator = SeededGenerator(seed: salt, stream: UInt64(index))
  usleep(.random(in: 0...1500, using: &generator))
}

private func echo(_ patches: [Float], _ count: Int) -> [SwappedFace] {
  let size = patches.count / count
  return (0..<count).map {
    SwappedFace(pixels: Array(patches[$0 * size..<($0 + 1) * size]), resolution: 16)
  }
}

struct SwapPipelineTests {
  private func pipeline(batchSize: Int = 4) -> SwapPipeline {
    var pipeline = SwapPipeline(resolution: 16, batchSize: batchSize)
    pipeline.compositor.colorMatch = nil
    return pipeline
  }

  @Test func theOwnFaceComesBackAndTheRestKeepsItsBytes() throws {
    var pipeline = pipeline()
    pipeline.keepsOriginals = true
    let source = Source(10)
    var changed = 0
    let statistics = try pipeline.run(
      read: { source.read() },
      find: { $0.index % 3 == 0 ? nil : face }, infer: echo
    ) { output in
      let before = try #require(output.original)
      #expect((output.mask == nil) == (output.index % 3 == 0))
      #expect(output.timestamp.ticks == Int64(output.index * output.index))
      for y in 0..<32 {
        for x in 0..<48 {
          let inside = output.mask?[x, y] ?? 0 > 0
          for at in (y * 48 + x) * 3..<(y * 48 + x) * 3 + 3 {
            let difference = abs(Int(output.image.bytes[at]) - Int(before.bytes[at]))
            #expect(difference <= (inside ? 6 : 0))
            changed += inside ? 1 : 0
          }
        }
      }
    }
    #expect(statistics.frames == 10 && statistics.swapped == 6 && changed > 500)
    #expect(statistics.stages.map(\.name) == ["read", "find", "infer", "composite", "write"])
    #expect(statistics.stages.allSatisfy { $0.frames == 10 })
  }

  @Test(arguments: [1, 3])
  func framesKeepTheirOrderUnderRandomDelays(threads: Int) throws {
    var pipeline = pipeline()
    pipeline.findThreads = threads
    pipeline.compositeThreads = threads
    pipeline.queueLimit = 2
    let source = Source(60)
    var order: [Int] = []
    var reported: [FaceCore.Progress] = []
    _ = try pipeline.run(
      frameCount: 60,
      read: {
        pause(source.asked, 1)
        return source.read()
      },
      find: { frame in
        pause(frame.index, 2)
        return frame.index % 4 == 1 ? nil : face
      },
      infer: { patches, count in
        pause(count, 3)
        return echo(patches, count)
      },
      mark: { _ in usleep(200) },
      progress: { reported.append($0) }
    ) { output in
      pause(output.index, 4)
      #expect(Int(output.image.bytes[0]) == output.index)
      order.append(output.index)
    }
    #expect(order == Array(0..<60))
    #expect(reported == (1...60).map { FaceCore.Progress(done: $0, total: 60) })
  }

  @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
    func run(threads: Int, batchSize: Int) throws -> [Image] {
      var pipeline = SwapPipeline(resolution: 16, batchSize: batchSize)
      (pipeline.findThreads, pipeline.compositeThreads) = (threads, threads)
      let source = Source(20)
      var images: [Image] = []
      _ = try pipeline.run(
        read: { source.read() },
        find: { $0.index == 7 ? nil : face },
        infer: { patches, count in echo(patches.map { 1 - $0 }, count) }
      ) { images.append($0.image) }
      return images
    }
    let one = try run(threads: 1, batchSize: 1)
    #expect(try run(threads: 3, batchSize: 5) == one)
  }

  @Test(arguments: ["read", "find", "infer", "mark", "write", "shape"])
  func anErrorOfAnyStageStopsAllAndComesOutOnce(stage: String) throws {
    let source = Source(200)
    @Sendable func fail(_ name: String, _ index: Int) throws {
      if name == stage, index >= 17 { throw Failure(stage: stage) }
    }
    var written: [Int] = []
    do {
      _ = try pipeline().run(
        read: {
          try fail("read", source.asked)
          return source.read()
        },
        find: { frame in
          try fail("find", frame.index)
          return face
        },
        infer: { patches, count in
          try fail("infer", source.asked)
          return stage == "shape" ? [] : echo(patches, count)
        },
        mark: { try fail("mark", Int($0.bytes[0])) }
      ) { output in
        try fail("write", output.index)
        written.append(output.index)
      }
      Issue.record("nothing was thrown")
    } catch let error as TrainerError {
      #expect(stage == "shape" && error.code == .badShape)
    } catch {
      #expect(error as? Failure == Failure(stage: stage))
    }
    #expect(written == Array(0..<written.count) && written.count <= 100)
    #expect(source.asked < 150)
  }

  @Test func whatIsInFlightStaysBounded() throws {
    var pipeline = pipeline(batchSize: 2)
    pipeline.queueLimit = 3
    let source = Source(150)
    var written = 0
    var most = 0
    let statistics = try pipeline.run(
      read: { source.read() },
      find: { $0.index < 75 ? face : nil }, infer: echo
    ) { _ in
      usleep(500)
      most = max(most, source.asked - written)
      written += 1
    }
    // Four queues, one frame in each of five stages and up to two batches in one of them.
    #expect(most <= 4 * 3 + 5 + 2 * 2)
    #expect(statistics.longestQueue <= 3)
    #expect(written == 150)
  }

  @Test func batchesAreFullWhileThereAreFaces() throws {
    let source = Source(30)
    let counts = Mutex<[Int]>([])
    _ = try pipeline().run(
      read: { source.read() },
      find: { $0.index % 2 == 0 ? face : nil },
      infer: { patches, count in
        counts.withLock { $0.append(count) }
        #expect(patches.count == count * 3 * 16 * 16)
        return echo(patches, count)
      }
    ) { _ in }
    let sizes = counts.withLock { $0 }
    #expect(sizes.reduce(0, +) == 15)
    #expect(sizes.dropLast().allSatisfy { $0 == 4 })
  }

  @Test func aFaceThatIsNotFiniteIsRefused() throws {
    var broken = face
    broken.transform.tx = .nan
    var flat = face
    (flat.transform.a, flat.transform.b) = (0, 0)
    let points = [Point](repeating: Point(x: .infinity, y: 0), count: 68)
    let far = TargetFace(landmarks: Landmarks(points), transform: face.transform)
    for bad in [broken, flat, far] {
      let source = Source(3)
      #expect {
        try self.pipeline().run(read: { source.read() }, find: { _ in bad }, infer: echo) { _ in }
      } throws: { ($0 as? TrainerError)?.code == .badFace }
    }
  }

  @Test func aVideoWithoutFramesGivesNothing() throws {
    let statistics = try pipeline().run(read: { nil }, find: { _ in face }, infer: echo) { _ in
      Issue.record("there is nothing to write")
    }
    #expect(statistics.frames == 0 && statistics.swapped == 0)
  }
}
