internal import Foundation

/// A 64-bit sum over a file that changes with any damage; no protection against intent.
///
/// Four lanes of xor, multiply and rotate over 8-byte words, and the length.
public func fileChecksum(_ path: String) throws(NetworksError) -> UInt64 {
  let file = try File(reading: path)
  let size = try file.size()
  var lanes = SIMD4<UInt64>(1, 2, 3, 4) &* 0x9E37_79B9_7F4A_7C15
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  defer { buffer.deallocate() }
  for start in stride(from: 0, to: size, by: buffer.count) {
    let count = min(buffer.count, size - start)
    let padded = (count + 31) / 32 * 32
    for at in count..<padded { buffer[at] = 0 }
    try file.read(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: start)
    for at in stride(from: 0, to: padded, by: 32) {
      lanes ^= buffer.load(fromByteOffset: at, as: SIMD4<UInt64>.self)
      lanes &*= 0xD6E8_FEB8_6659_FD93
      lanes ^= lanes &>> 29
    }
  }
  var sum = UInt64(size)
  for lane in 0..<4 { sum = (sum ^ lanes[lane]) &* 0x9E37_79B9_7F4A_7C15 ^ (sum &>> 31) }
  return sum
}
