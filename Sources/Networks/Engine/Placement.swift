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
    let tensors = schedule.tensors
    let sizes = tensors.map { $0.parts * batch * $0.shape.count }
    let end = 2 * schedule.steps.count
    let valueTimes = Self.times(of: schedule.values, in: schedule, makesBranches: false)
    let gradientTimes = Self.times(of: schedule.gradients, in: schedule, makesBranches: true)
    let valueRoots = tensors.indices.filter { schedule.values[$0].owner == $0 }
    let gradientRoots = tensors.indices.filter { schedule.gradients[$0].owner == $0 }
    var buffers = valueRoots.map { root in
      let (made, read) = (valueTimes.made[root], valueTimes.read[root])
      return MemoryPlan.Buffer(
        count: sizes[root], use: made...max(made, training ? end - made : read))
    }
    if training {
      buffers += gradientRoots.map { root in
        let (made, read) = (gradientTimes.made[root], gradientTimes.read[root])
        return MemoryPlan.Buffer(
          count: root == 0 && !schedule.wantsInputGradient ? 0 : sizes[root],
          use: min(end - 1 - read, end - 1 - made)...(end - 1 - made))
      }
    }
    let plan = MemoryPlan(buffers)
    var values = [Int](repeating: 0, count: tensors.count)
    var gradients = training ? values : []
    for (position, root) in valueRoots.enumerated() { values[root] = plan.offsets[position] }
    for (position, root) in gradientRoots.enumerated() where training {
      gradients[root] = plan.offsets[valueRoots.count + position]
    }
    (self.values, self.gradients, count) = (values, gradients, plan.count)
  }

  /// When each owner is made, and read for the last time.
  private static func times(
    of views: [Schedule.View], in schedule: Schedule, makesBranches: Bool
  ) -> (made: [Int], read: [Int]) {
    var made = [Int](repeating: 0, count: views.count)
    var read = made
    for (time, step) in schedule.steps.enumerated() {
      for input in step.inputs {
        let owner = views[input].owner
        read[owner] = max(read[owner], time)
      }
      if case .fan = step.work, !makesBranches { continue }
      for output in step.outputs { made[views[output].owner] = time }
    }
    for output in schedule.outputs { read[views[output].owner] = schedule.steps.count }
    return (made, read)
  }

  func memory(in arena: UnsafeMutablePointer<Float>) -> [TensorMemory] {
    schedule.tensors.map { tensor in
      let samples = tensor.parts * batch
      let (own, slope) = (schedule.values[tensor.index], schedule.gradients[tensor.index])
      let size = samples * tensor.shape.count
      return TensorMemory(
        values: arena + values[own.owner] + own.part * size,
        gradient: gradients.isEmpty || slope.owner == 0 && !schedule.wantsInputGradient
          ? nil : arena + gradients[slope.owner] + slope.part * size,
        samples: samples, shape: tensor.shape)
    }
  }
}
