package import FaceCore

/// The 68 landmarks of a mean head in the head frame: x toward image right of a frontal face,
/// y down, z away from the camera, in units of about a millimetre, nearly centred between the eyes.
///
/// Source: the mean head that DeepFaceLab and others fit (interoperability data), made symmetric.
/// A frontal face is one whose camera sees this head unturned, but for `frontalPitch`.
package enum HeadModel {
  static let points: [SIMD3<Double>] = table.map { SIMD3($0[0], $0[1], $0[2]) }

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

  private static let table: [[Double]] = [
    // jaw
    [-72.38, -30.08, 47.40], [-71.63, -11.31, 45.03], [-69.37, 7.46, 43.56],
    [-65.62, 25.77, 42.01], [-58.57, 42.49, 38.13], [-47.37, 56.40, 30.76],
    [-33.39, 67.09, 18.82], [-17.68, 74.91, 4.40], [0.00, 77.06, -0.88], [17.68, 74.91, 4.40],
    [33.39, 67.09, 18.82], [47.37, 56.40, 30.76], [58.57, 42.49, 38.13], [65.62, 25.77, 42.01],
    [69.37, 7.46, 43.56], [71.63, -11.31, 45.03], [72.38, -30.08, 47.40],
    // brows
    [-60.59, -49.78, 12.94], [-51.24, -59.04, 6.31], [-38.07, -62.39, -0.29],
    [-24.56, -61.47, -6.96], [-11.85, -57.04, -12.01], [11.85, -57.04, -12.01],
    [24.56, -61.47, -6.96], [38.07, -62.39, -0.29], [51.24, -59.04, 6.31],
    [60.59, -49.78, 12.94],
    // nose
    [0.00, -42.19, -13.38], [0.00, -30.99, -21.15], [0.00, -19.94, -29.28],
    [0.00, -8.41, -36.95], [-14.99, 2.62, -20.50], [-7.73, 4.71, -23.62], [0.00, 6.56, -25.94],
    [7.73, 4.71, -23.62], [14.99, 2.62, -20.50],
    // eyes
    [-45.61, -37.78, 5.97], [-37.56, -42.92, 2.36], [-27.89, -43.03, 0.80],
    [-19.46, -36.89, -0.39], [-28.52, -35.31, -0.66], [-38.14, -35.23, 0.88],
    [19.46, -36.89, -0.39], [27.89, -43.03, 0.80], [37.56, -42.92, 2.36], [45.61, -37.78, 5.97],
    [38.14, -35.23, 0.88], [28.52, -35.31, -0.66],
    // outer lips
    [-28.86, 28.35, -2.73], [-18.20, 22.28, -15.77], [-7.53, 19.03, -22.67],
    [0.00, 20.72, -23.75], [7.53, 19.03, -22.67], [18.20, 22.28, -15.77], [28.86, 28.35, -2.73],
    [18.61, 36.49, -15.05], [8.19, 39.74, -22.48], [0.00, 40.40, -23.59],
    [-8.19, 39.74, -22.48], [-18.61, 36.49, -15.05],
    // inner lips
    [-24.43, 28.50, -5.25], [-7.67, 25.40, -20.96], [0.00, 26.01, -22.22],
    [7.67, 25.40, -20.96], [24.43, 28.50, -5.25], [7.82, 30.72, -20.50], [0.00, 31.41, -21.90],
    [-7.82, 30.72, -20.50],
  ]
}
