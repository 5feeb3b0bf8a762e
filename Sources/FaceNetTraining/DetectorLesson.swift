import Align
package import Networks

/// Finding faces.
package struct DetectorLesson: Lesson {
  package struct Batch: Sendable {
    package var input: [Float]
    package var faces: [[DetectorSamples.Face]]
  }

  package let name = "detector"
  package let samples: DetectorSamples
  private let loss = DetectorLoss()

  package init(samples: DetectorSamples) { self.samples = samples }

  package var network: Network {
    DetectorNetwork.network(width: samples.side, height: samples.side)
  }

  /// Hardly any place is a face.
  package func prepare(_ parameters: Parameters) {
    for stride in DetectorNetwork.strides {
      let name = "detector.head\(stride).0.bias"
      var bias = parameters[name]
      bias[DetectorNetwork.Field.score] = -4
      parameters[name] = bias
    }
  }

  package func batch(step: Int, size: Int) -> Batch {
    var batch = Batch(input: [], faces: [])
    for index in 0..<size {
      let sample = samples.sample(step * size + index)
      batch.input += pixelBlocks(of: sample.canvas.picture, block: DetectorNetwork.block)
      batch.faces.append(sample.faces)
    }
    return batch
  }

  package func input(of batch: Batch) -> [Float] { batch.input }

  package func loss(
    of outputs: [[Float]], _ batch: Batch
  ) -> (values: [Float], gradients: [[Float]]) {
    loss.loss(of: outputs, faces: batch.faces, side: samples.side)
  }
}
