import FaceCore
import Foundation

/// The rows of a manifest as a table that other programs read: one line a face, nothing nested.
struct FaceTable {
  enum Kind: Equatable {
    case text, whole, number
    /// A list of as many numbers as there are labels; where lists are not known, a column each,
    /// `NAME_LABEL`.
    case numbers(labels: [String])
  }

  /// Numbers are kept as they are printed: the shortest text that reads as the same number.
  enum Value {
    case text(String)
    case number(String)
    case numbers([String])
    case none
  }

  struct Column {
    var name: String
    var kind: Kind
    /// What it is, with its unit.
    var about: String
    var value: (ManifestRow) -> Value
  }

  let columns: [Column]

  /// Columns that no row has a value for are left out.
  ///
  /// `fileName` is where a face's image lies, relative to the table; nil where there are no images.
  init(of rows: [ManifestRow], fileName: ((ManifestRow) -> String)? = nil) {
    var columns: [Column] = []
    if let fileName { columns.append(Self.text("file_name", "the face's image", fileName)) }
    columns += Self.choice + Self.origin + Self.geometry
    if rows.contains(where: { $0.light != nil }) { columns.append(Self.light) }
    for name in Set(rows.flatMap(\.quality.keys)).sorted() {
      columns.append(
        Column(name: "quality_\(name)", kind: .number, about: "the raw measure \(name)") { row in
          row.quality[name].map { .number("\($0)") } ?? .none
        })
    }
    self.columns = columns
  }

  private static func text(
    _ name: String, _ about: String, _ value: @escaping (ManifestRow) -> String
  ) -> Column {
    Column(name: name, kind: .text, about: about) { .text(value($0)) }
  }

  private static func whole(
    _ name: String, _ about: String, _ value: @escaping (ManifestRow) -> Int64
  ) -> Column {
    Column(name: name, kind: .whole, about: about) { .number("\(value($0))") }
  }

  private static func number(
    _ name: String, _ about: String, _ value: @escaping (ManifestRow) -> Double
  ) -> Column {
    Column(name: name, kind: .number, about: about) { .number("\(value($0))") }
  }

  /// Who, on which side, why and how often.
  private static var choice: [Column] {
    [
      text("id", "the face, the same in every workspace") { $0.id },
      text("identity", "the person") { $0.identity },
      text("side", "source: the face that is put in; target: the footage it is put into") {
        $0.side.rawValue
      },
      text("split", "train or validation; whole videos or tracks") { $0.split.rawValue },
      text("cell", "bin of yaw and pitch, and of what else the recipe asks for") { $0.cell },
      number("weight", "how often the face is drawn, relative to the mean of its side") {
        $0.weight
      },
      text("augmentation", "what the trainer may do to the face, as JSON") {
        (try? CanonicalJSON.line($0.augmentation)) ?? "{}"  // Plain values always encode.
      },
      text("why", "why the face was chosen") { $0.why },
    ]
  }

  /// The frame the face is from.
  private static var origin: [Column] {
    [
      text("video", "SHA-256 of the video") { $0.frame.video },
      whole("ordinal", "the frame's place in decoding order, from 0") {
        Int64($0.frame.ordinal)
      },
      whole("time_ticks", "the frame's time, in ticks") { $0.frame.time.ticks },
      whole("time_numerator", "a tick lasts numerator / denominator seconds") {
        Int64($0.frame.time.numerator)
      },
      whole("time_denominator", "a tick lasts numerator / denominator seconds") {
        Int64($0.frame.time.denominator)
      },
    ]
  }

  private static var geometry: [Column] {
    [
      text("sha256", "SHA-256 of the image") { $0.crop.sha256 },
      whole("size", "the image's side, in pixels") { Int64($0.crop.size) },
      text("face_type", "how much of the head the image shows") { $0.crop.faceType },
      Column(
        name: "matrix", kind: .numbers(labels: ["a", "b", "tx", "c", "d", "ty"]),
        about: "from pixels of the frame to pixels of the image, 2 × 3 by rows"
      ) { row in
        let matrix = row.crop.matrix
        return .numbers(
          [matrix.a, matrix.b, matrix.tx, matrix.c, matrix.d, matrix.ty].map { "\($0)" })
      },
      Column(
        name: "landmarks",
        kind: .numbers(labels: (0..<Landmarks.count).flatMap { ["\($0)_x", "\($0)_y"] }),
        about: "68 points in pixels of the frame, x before y, in iBUG order"
      ) { row in .numbers(row.landmarks.points.flatMap { ["\($0.x)", "\($0.y)"] }) },
      Column(
        name: "pose", kind: .numbers(labels: ["w", "x", "y", "z"]),
        about: "unit quaternion in the OpenCV camera frame"
      ) { row in .numbers([row.pose.w, row.pose.x, row.pose.y, row.pose.z].map { "\($0)" }) },
      number("yaw", "degrees, + turns the nose to image right") { $0.pose.yaw },
      number("pitch", "degrees, + looks up") { $0.pose.pitch },
      number("roll", "degrees, + is clockwise on screen") { $0.pose.roll },
    ]
  }

  private static var light: Column {
    Column(
      name: "light", kind: .numbers(labels: (0..<9).map { "\($0)" }),
      about: "9 spherical-harmonic coefficients in the head frame"
    ) { row in row.light.map { .numbers($0.harmonics.map { "\($0)" }) } ?? .none }
  }
}
