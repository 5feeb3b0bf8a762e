internal import CKernels
internal import FaceCore

/// Named arrays of 32-bit floats in one piece of memory: weights, their gradients, or what an
/// optimiser remembers of them.
///
/// One thread at a time may write, and none may read meanwhile.
public final class Parameters {
  public let entries: [Parameter]
  private let offsets: [String: Int]
  /// Numbers in the memory; arrays start at multiples of 16 and zeros fill the gaps.
  let count: Int
  let base: UnsafeMutablePointer<Float>

  /// All zero.
  public init(_ entries: [Parameter]) {
    var offsets: [String: Int] = [:]
    var count = 0
    for entry in entries {
      precondition(offsets[entry.name] == nil, "two arrays are named \(entry.name)")
      offsets[entry.name] = count
      count += (entry.count + 15) / 16 * 16
    }
    (self.entries, self.offsets, self.count) = (entries, offsets, count)
    base = allocateFloats(count)
  }

  deinit { base.deallocate() }

  /// Numbers that mean something.
  public var numberCount: Int { entries.reduce(0) { $0 + $1.count } }

  /// Traps on a name that is not there.
  func pointer(_ name: String) -> UnsafeMutablePointer<Float> {
    guard let offset = offsets[name] else { preconditionFailure("no parameter named \(name)") }
    return base + offset
  }

  public subscript(name: String) -> [Float] {
    get {
      guard let entry = entries.first(where: { $0.name == name }) else {
        preconditionFailure("no parameter named \(name)")
      }
      return Array(UnsafeBufferPointer(start: pointer(name), count: entry.count))
    }
    set {
      precondition(entries.contains { $0.name == name && $0.count == newValue.count })
      newValue.withUnsafeBufferPointer { source in
        if let from = source.baseAddress {
          pointer(name).update(from: from, count: source.count)
        }
      }
    }
  }

  /// The same numbers in memory of their own.
  public func copy() -> sending Parameters {
    // The compiler would take memory written from this one for a part of it.
    nonisolated(unsafe) let result = Parameters(entries)
    result.base.update(from: base, count: count)
    return result
  }

  /// False as soon as one number is infinite or none.
  public var isFinite: Bool {
    // A sum of products with 0 is 0 unless one of them is not finite; four lanes for speed.
    var sum = SIMD16<Float>.zero
    for at in stride(from: 0, to: count, by: 16) {
      sum += UnsafeRawPointer(base + at).load(as: SIMD16<Float>.self) * 0
    }
    return sum == .zero
  }

  /// Biases 0; weights uniform with deviation √(2 / inputs), which keeps the size of what flows
  /// through leaky rectifiers.
  ///
  /// Every array has a generator of its own.
  ///
  /// Source: He et al., "Delving Deep into Rectifiers", 2015.
  public func initialize(seed: UInt64) {
    clear()
    for (stream, entry) in entries.enumerated() where entry.shape.count > 1 {
      var generator = SeededGenerator(seed: seed, stream: UInt64(stream))
      let limit = (6 / Float(entry.shape.dropLast().reduce(1, *))).squareRoot()
      let values = pointer(entry.name)
      for index in 0..<entry.count {
        let unit = Float(generator.next() >> 40) / Float(1 << 24)
        values[index] = (2 * unit - 1) * limit
      }
    }
  }

  /// Weights by which two engines can be compared: biases of 1 and −1 in turn and small weights keep what
  /// goes into a rectifier far from 0, where rounding would decide which slope counts.
  package func initializeForComparison(seed: UInt64) {
    initialize(seed: seed)
    for entry in entries {
      self[entry.name] =
        entry.shape.count == 1
        ? (0..<entry.count).map { $0 % 2 == 0 ? 1 : -1 } : self[entry.name].map { $0 / 16 }
    }
  }
}

/// Zeroed memory at a multiple of 64 bytes; the caller deallocates it.
///
/// Much of it comes in large pages, where the system has them: weights are read at strides of
/// kilobytes, a page each.
func allocateFloats(_ count: Int) -> UnsafeMutablePointer<Float> {
  let bytes = max(count, 1) * MemoryLayout<Float>.stride
  let largePage = 2 << 20
  let isLarge = bytes >= 2 * largePage
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: bytes, alignment: isLarge ? largePage : 64)
  if isLarge { kernels_prefer_large_pages(memory, bytes) }
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  return memory.assumingMemoryBound(to: Float.self)
}
