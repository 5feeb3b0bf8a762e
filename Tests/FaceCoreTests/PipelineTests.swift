import FaceCore
import Testing

@Suite struct PipelineTests {
  /// Hours of video: whatever a stage leaves on its stack for each element adds up.
  @Test func aMillionElementsGoThroughInOrder() throws {
    let pipeline = Pipeline<Int>(queueLimit: 64)
    var next = 0
    let numbers = pipeline.source("count") {
      next += 1
      return next <= 1_000_000 ? next : nil
    }
    let doubled = pipeline.stage("double", from: numbers, gather: .ready(1)) { elements in
      for index in elements.indices { elements[index] *= 2 }
    }
    var (sum, last, isInOrder) = (0, 0, true)
    _ = try pipeline.finish("add", from: doubled) { element in
      isInOrder = isInOrder && element > last
      (sum, last) = (sum + element, element)
    }
    #expect(isInOrder)
    #expect(sum == 1_000_000 * 1_000_001)
  }
}
