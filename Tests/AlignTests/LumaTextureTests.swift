import FaceCore
import Foundation
import Testing

/// The fast loops over pixels against plain ones.
@Suite struct LumaTextureTests {
  static let picture: GrayImage = {
    var generator = SeededGenerator(seed: 9)
    return GrayImage(
      width: 61, height: 43,
      bytes: (0..<61 * 43).map { index in
        let (x, y) = (Double(index % 61), Double(index / 61))
        let wave = sin(x / 3) + cos((y + x / 2) / 4)
        return UInt8(128 + 50 * wave + 0.7 * generator.nextGaussian())
      })
  }()

  private static func level(_ x: Int, _ y: Int) -> Double {
    Double(picture.bytes[y * picture.width + x])
  }

  /// Σ of a filter's weights times the pixels around, row by row.
  private static func filtered(_ weights: [Double], _ x: Int, _ y: Int) -> Double {
    (0..<9).reduce(0) { $0 + weights[$1] * level(x + $1 % 3 - 1, y + $1 / 3 - 1) }
  }

  @Test(arguments: [0.0, 20, 45, 90, 130])
  func softnessIsThatOfThePlainSums(degrees: Double) throws {
    let rows = 3..<38
    func columns(_ y: Int) -> Range<Int> { (2 + y % 5)..<(50 + y % 7) }
    let texture = Self.picture.texture(rows: rows, columns: columns)
    let (c, s) = (cos(degrees * .pi / 180), -sin(degrees * .pi / 180))
    var (slope, bend, count) = (0.0, 0.0, 0.0)
    for y in rows {
      for x in columns(y) {
        let dx = Self.filtered([-1, 0, 1, -2, 0, 2, -1, 0, 1], x, y) / 8
        let dy = Self.filtered([-1, -2, -1, 0, 0, 0, 1, 2, 1], x, y) / 8
        let xx = Self.filtered([1, -2, 1, 2, -4, 2, 1, -2, 1], x, y) / 4
        let yy = Self.filtered([1, 2, 1, -2, -4, -2, 1, 2, 1], x, y) / 4
        let xy = Self.filtered([1, 0, -1, 0, 0, 0, -1, 0, 1], x, y) / 4
        slope += pow(c * dx + s * dy, 2)
        bend += pow(c * c * xx + 2 * c * s * xy + s * s * yy, 2)
        count += 1
      }
    }
    #expect(texture.count == Int(count))
    let power = texture.noise * texture.noise
    // What noise adds along a direction.
    slope = slope / count - 0.1875 * power
    bend = bend / count - power * (2.25 * (pow(c, 4) + pow(s, 4)) + c * c * s * s * 1.5)
    let softness = try #require(texture.softness(along: degrees))
    #expect(abs(softness / (slope / (2 * bend)) - 1) < 1e-9)
  }

  @Test func combingIsThatOfThePlainSums() throws {
    let part = PixelRegion(x: 5, y: 4, width: 40, height: 30)
    var (near, far) = (0.0, 0.0)
    for y in 4..<34 {
      for x in 5..<45 {
        near += abs(2 * Self.level(x, y) - Self.level(x, y - 1) - Self.level(x, y + 1))
        far += abs(2 * Self.level(x, y) - Self.level(x, y - 2) - Self.level(x, y + 2))
      }
    }
    #expect(abs(try #require(Self.picture.combing(in: part)) - near / far) < 1e-12)
  }

  @Test func blockStepsAreThoseOfThePlainSums() {
    let part = PixelRegion(x: 3, y: 4, width: 48, height: 32)
    var (across, down) = ([Double](repeating: 0, count: 8), [Double](repeating: 0, count: 8))
    for y in 4..<36 {
      for x in 3..<51 {
        func step(_ a: Double, _ b: Double) -> Double { abs(b - a) }
        let (p, a, b, q) = (
          Self.level(x - 2, y), Self.level(x - 1, y), Self.level(x, y), Self.level(x + 1, y)
        )
        across[x % 8] += 2 * step(a, b) - step(p, a) - step(b, q)
        let (r, c, d, t) = (
          Self.level(x, y - 2), Self.level(x, y - 1), Self.level(x, y), Self.level(x, y + 1)
        )
        down[y % 8] += 2 * step(c, d) - step(r, c) - step(d, t)
      }
    }
    func excess(_ sums: [Double]) -> Double {
      max(0, (sums[0] - sums[1...].sorted()[3]) / (2 * 48 * 32 / 8))
    }
    #expect(abs(Self.picture.blockSteps(in: part) - excess(across) - excess(down)) < 1e-9)
  }

  @Test func aPlainPictureHasNoTexture() {
    let plain = GrayImage(width: 40, height: 40, bytes: [UInt8](repeating: 90, count: 1600))
    let texture = plain.texture(rows: 0..<40) { _ in 0..<40 }
    #expect(texture.softness(along: 0) == nil && texture.noise < 0.1)
    #expect(plain.combing(in: PixelRegion(x: 2, y: 2, width: 30, height: 30)) == nil)
    #expect(plain.blockSteps(in: PixelRegion(x: 2, y: 2, width: 30, height: 30)) == 0)
  }
}
