/// The 68 landmarks of a mean head in the head frame: x toward image right of a frontal face,
/// y down, z away from the camera, in units of about a millimetre, 0 between the eyes.
///
/// Source: the mean head that DeepFaceLab and others fit (interoperability data), made symmetric.
/// Changed in two ways against faces whose pose is known by other means (AFLW2000-3D): its depths
/// are 1.3 times as large, for it is flatter than a head, and it is tipped, so that people who look
/// straight into the camera come out as frontal. AFLW2000-3D calls a head frontal that looks 4° up
/// from there: with its zero, portraits and rendered heads of known pose both read −4°.
package enum HeadModel {
  package static let points: [SIMD3<Double>] = {
    let tip = Pose(yaw: 0, pitch: -zeroOfAFLW, roll: 0).matrix
    return table.map { point in
      let (x, y, z) = (point[0], point[1], point[2])
      return SIMD3(x, tip[4] * y + tip[5] * z, tip[7] * y + tip[8] * z)
    }
  }()

  /// The pitch that a head has here which AFLW2000-3D calls level, in degrees.
  package static let zeroOfAFLW = 4.0

  /// Where the mean head's landmarks are seen under weak perspective, in pixels: `scale` pixels a
  /// unit, the head's origin at `center`.
  package static func landmarks(pose: Pose, scale: Double, center: Point) -> Landmarks {
    let matrix = pose.matrix
    return Landmarks(
      points.map { head in
        let x = matrix[0] * head.x + matrix[1] * head.y + matrix[2] * head.z
        let y = matrix[3] * head.x + matrix[4] * head.y + matrix[5] * head.z
        return center + Point(x: Float(scale * x), y: Float(scale * y))
      })
  }

  /// How far each landmark counts: the jaw's slide along the outline as the head turns, lips and
  /// brows move by themselves.
  package static let trust: [Double] = (0..<Landmarks.count).map { index in
    switch index {
    case Landmarks.jaw: 0.1
    case 17..<27: 0.5
    case Landmarks.nostrils, Landmarks.noseBridge: 1
    case 36..<48: 1
    default: 0.25
    }
  }

  private static let table: [[Double]] = [
    // jaw
    [-72.38, 6.35, 59.94], [-71.63, 25.23, 57.51], [-69.37, 44.05, 56.26],
    [-65.62, 62.41, 54.89], [-58.57, 79.31, 50.43], [-47.37, 93.54, 41.34],
    [-33.39, 104.76, 26.19], [-17.68, 113.23, 7.73], [0.00, 115.62, 0.95],
    [17.68, 113.23, 7.73], [33.39, 104.76, 26.19], [47.37, 93.54, 41.34], [58.57, 79.31, 50.43],
    [65.62, 62.41, 54.89], [69.37, 44.05, 56.26], [71.63, 25.23, 57.51], [72.38, 6.35, 59.94],
    // brows
    [-60.59, -11.76, 14.47], [-51.24, -20.72, 5.54], [-38.07, -23.77, -3.15],
    [-24.56, -22.54, -11.78], [-11.85, -17.89, -18.19], [11.85, -17.89, -18.19],
    [24.56, -22.54, -11.78], [38.07, -23.77, -3.15], [51.24, -20.72, 5.54],
    [60.59, -11.76, 14.47],
    // nose
    [0.00, -2.99, -19.45], [0.00, 8.55, -29.16], [0.00, 19.97, -39.34], [0.00, 31.84, -48.89],
    [-14.99, 42.12, -27.13], [-7.73, 44.34, -31.11], [0.00, 46.31, -34.07],
    [7.73, 44.34, -31.11], [14.99, 42.12, -27.13],
    // eyes
    [-45.61, 0.54, 5.84], [-37.56, -4.43, 0.97], [-27.89, -4.47, -1.06], [-19.46, 1.72, -2.39],
    [-28.52, 3.31, -2.68], [-38.14, 3.33, -0.68], [19.46, 1.72, -2.39], [27.89, -4.47, -1.06],
    [37.56, -4.43, 0.97], [45.61, 0.54, 5.84], [38.14, 3.33, -0.68], [28.52, 3.31, -2.68],
    // outer lips
    [-28.86, 67.02, -3.15], [-18.20, 61.56, -20.31], [-7.53, 58.62, -29.38],
    [0.00, 60.36, -30.73], [7.53, 58.62, -29.38], [18.20, 61.56, -20.31], [28.86, 67.02, -3.15],
    [18.61, 75.72, -18.88], [8.19, 79.30, -28.41], [0.00, 80.01, -29.84],
    [-8.19, 79.30, -28.41], [-18.61, 75.72, -18.88],
    // inner lips
    [-24.43, 67.29, -6.42], [-7.67, 64.91, -26.94], [0.00, 65.58, -28.56],
    [7.67, 64.91, -26.94], [24.43, 67.29, -6.42], [7.82, 70.20, -26.16], [0.00, 70.95, -27.96],
    [-7.82, 70.20, -26.16],
  ]
}
