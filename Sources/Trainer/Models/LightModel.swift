import Networks

extension Architecture {
  /// Narrow enough for a processor of two cores to learn a pair of faces in minutes.
  ///
  /// `resolution` in pixels, a multiple of 16; traps on any other.
  public static func light(resolution: Int = 64) -> Architecture {
    precondition(resolution > 0 && resolution % 16 == 0, "a multiple of 16")
    let side = resolution / 16
    return Architecture(
      name: "light", resolution: resolution,
      encoder: [
        // [3, 16 · side, 16 · side]
        .convolution(channels: 32, kernel: 5, stride: 2), .leakyReLU(0.1),  // [32, 8s, 8s]
        .convolution(channels: 64, kernel: 5, stride: 2), .leakyReLU(0.1),  // [64, 4s, 4s]
        .convolution(channels: 128, kernel: 5, stride: 2), .leakyReLU(0.1),  // [128, 2s, 2s]
        .convolution(channels: 256, kernel: 5, stride: 2), .leakyReLU(0.1),  // [256, s, s]
        .dense(256),
        .dense(128 * side * side), .reshape(Shape(128, side, side)),
        .convolution(channels: 128 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        // [128, 2s, 2s]
      ],
      decoder: [
        .convolution(channels: 64 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        // [64, 4s, 4s]
        .convolution(channels: 32 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        // [32, 8s, 8s]
        .convolution(channels: 24 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
        // [24, 16s, 16s]
        .convolution(channels: 3, kernel: 5), .sigmoid,
      ])
  }
}
