import Networks

extension Architecture {
  /// The classic of 2018, for 64 px.
  ///
  /// It has 82.06 million weights, 69.66 in the encoder and 6.20 in each decoder. Faceswap's
  /// "original" pads its halving convolutions by one pixel less on the top and left; otherwise the
  /// layers are the same.
  public static let original = Architecture(
    name: "original", resolution: 64,
    encoder: [
      // [3, 64, 64]
      .convolution(channels: 128, kernel: 5, stride: 2), .leakyReLU(0.1),  // [128, 32, 32]
      .convolution(channels: 256, kernel: 5, stride: 2), .leakyReLU(0.1),  // [256, 16, 16]
      .convolution(channels: 512, kernel: 5, stride: 2), .leakyReLU(0.1),  // [512, 8, 8]
      .convolution(channels: 1024, kernel: 5, stride: 2), .leakyReLU(0.1),  // [1024, 4, 4]
      .dense(1024),
      .dense(1024 * 4 * 4), .reshape(Shape(1024, 4, 4)),
      .convolution(channels: 512 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
      // [512, 8, 8]
    ],
    decoder: [
      .convolution(channels: 256 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
      // [256, 16, 16]
      .convolution(channels: 128 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
      // [128, 32, 32]
      .convolution(channels: 64 * 4, kernel: 3), .leakyReLU(0.1), .pixelShuffle(2),
      // [64, 64, 64]
      .convolution(channels: 3, kernel: 5), .sigmoid,
    ])
}
