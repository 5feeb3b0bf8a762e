/// Where each tensor's values and gradient lie in one piece of memory.
///
/// Time: step i of n runs forward at i and backward at 2n − 1 − i. Values are kept from their
/// making to their last use; a training step needs them again on the way back.
struct Placement {
  let count: Int
  private let schedule: Schedule
  private let batch: Int
  private let values: [Int]
  /// Empty without training.
  private let gradients: [Int]

  init(_ schedule: Schedule, batch: Int, training: Bool) {
    (self.schedule, self.batch) = (schedule, batch)
    let tensors = Self.tensors(of: schedule.network)
    let sizes = tensors.map { $0.parts * batch * $0.shape.count }
    let end = 2 * schedule.steps.count
    var made = [Int](repeating: 0, count: tensors.count)
    var read = [Int](repeating: 0, count: tensors.count)
    for (time, step) in schedule.steps.enumerated() {
      made[schedule.owner[step.output.index]] = time
      let input = schedule.owner[step.input.index]
      read[input] = max(read[input], time)
    }
    for output in schedule.network.outputs {
      read[schedule.owner[output.tensor.index]] = end / 2
    }
    let roots = tensors.indices.filter { schedule.owner[$0] == $0 }
    var buffers = roots.map { root in
      MemoryPlan.Buffer(
        count: sizes[root],
        use: made[root]...max(made[root], training ? end - made[root] : read[root]))
    }
    if training {
      buffers += roots.map { root in
        // The input wants no gradient.
        MemoryPlan.Buffer(
          count: root == 0 ? 0 : sizes[root],
          use: min(end - 1 - read[root], end - 1 - made[root])...(end - 1 - made[root]))
      }
    }
    let plan = MemoryPlan(buffers)
    var values = [Int](repeating: 0, count: tensors.count)
    var gradients = training ? values : []
    for (position, root) in roots.enumerated() {
      values[root] = plan.offsets[position]
      if training { gradients[root] = plan.offsets[roots.count + position] }
    }
    (self.values, self.gradients, count) = (values, gradients, plan.count)
  }

  private static func tensors(of network: Network) -> [Network.Tensor] {
    [network.input] + network.nodes.map(\.output)
  }

  func memory(in arena: UnsafeMutablePointer<Float>) -> [TensorMemory] {
    Self.tensors(of: schedule.network).map { tensor in
      let root = schedule.owner[tensor.index]
      let samples = tensor.parts * batch
      let skipped = schedule.part[tensor.index] * samples * tensor.shape.count
      return TensorMemory(
        values: arena + values[root] + skipped,
        gradient: gradients.isEmpty || root == 0 ? nil : arena + gradients[root] + skipped,
        samples: samples, shape: tensor.shape)
    }
  }
}
