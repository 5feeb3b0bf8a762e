import FaceCore
import Foundation

/// Floats as the schema keeps them: little-endian IEEE 754 binary32, one after the other.
func float32Blob(_ values: [Float]) -> Data {
  var bytes = Data(capacity: values.count * 4)
  for value in values {
    let bits = value.bitPattern
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8((bits >> shift) & 0xFF)) }
  }
  return bytes
}

func floats(fromBlob blob: Data) -> [Float] {
  let bytes = [UInt8](blob)
  return stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { at in
    let bits =
      UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
      | UInt32(bytes[at + 3]) << 24
    return Float(bitPattern: bits)
  }
}

extension Landmarks {
  var blob: Data { float32Blob(points.flatMap { [$0.x, $0.y] }) }

  /// Nil unless the blob holds 68 points.
  init?(blob: Data) {
    let values = floats(fromBlob: blob)
    guard blob.count == Landmarks.count * 8 else { return nil }
    self.init((0..<Landmarks.count).map { Point(x: values[2 * $0], y: values[2 * $0 + 1]) })
  }
}

extension Light {
  var blob: Data { float32Blob(harmonics) }

  /// Nil unless the blob holds 9 coefficients.
  init?(blob: Data) {
    guard blob.count == 36 else { return nil }
    self.init(harmonics: floats(fromBlob: blob))
  }
}
