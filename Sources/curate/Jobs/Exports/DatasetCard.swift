import FaceCore
import Foundation

/// What people should know of a dataset before they use it, as far as its manifest says; where it says
/// nothing, that.
///
/// Headings follow Gebru et al., "Datasheets for Datasets", 2021; the front matter is Hugging Face's.
struct DatasetCard {
  /// What faces of nobody named have for a name in a manifest.
  private static let unnamed = "unnamed"

  let manifest: Manifest
  /// Whether names are written so that Markdown shows them as they are.
  private var isMarkdown = false

  init(manifest: Manifest) { self.manifest = manifest }

  var title: String { "Faces of \(manifest.header.name)" }

  /// One sentence.
  var summary: String {
    let sides = Side.allCases.map { side in
      let rows = manifest.rows.filter { $0.side == side }
      return "\(rows.count) faces of \(people(rows)) as \(side.rawValue)"
    }
    return "A set to train a face swap from: " + sides.joined(separator: ", ") + "."
  }

  var collection: String {
    let videos = Set(manifest.rows.map(\.frame.video)).count
    return """
      Faces were found in \(videos) videos, followed from frame to frame\(naming). A \
      selection took \(manifest.rows.count) of them by the recipe below. Every row names its video by SHA-256 \
      and its frame by time, and says why it was taken.
      """
  }

  private var naming: String {
    let named = manifest.rows.count { $0.identity != Self.unnamed }
    let others = manifest.rows.count - named
    if others == 0 { return ", and named by a person" }
    return named == 0
      ? "; nobody has named them"
      : "; a person has named \(named) of those here, nobody the other \(others)"
  }

  var preprocessing: String {
    let types = Set(manifest.rows.map(\.crop.faceType)).sorted().map(shown).joined(separator: ", ")
    let sizes = Set(manifest.rows.map { "\($0.crop.size)" }).sorted().joined(separator: ", ")
    return """
      Each image is a square cut along the face (\(types)), \(sizes) px wide, reduced by area means, as JPEG. \
      `matrix` leads from the frame to the image; nothing else was done to the pixels.
      """
  }

  var biases: String {
    let cells = Set(manifest.rows.compactMap { FaceCell(name: $0.cell)?.pose })
    let shares = Side.allCases.map { side in
      let rows = manifest.rows.filter { $0.side == side }
      let frontal = rows.count { abs($0.pose.yaw) < 30 && abs($0.pose.pitch) < 15 }
      let share = rows.isEmpty ? 0 : Double(frontal) / Double(rows.count) * 100
      return
        "\(share.text(0)) % of the \(side.rawValue) look at the camera (yaw below 30°, pitch below 15°)"
    }
    return """
      The faces are of few people and say nothing about others. They lie in \(cells.count) of \
      \(PoseCell.all.count) bins of pose; \(shares.joined(separator: ", ")).
      """
  }

  var uses: String {
    """
    Made to train and measure face-swap models of these people, with what comes of it marked as synthetic. Not \
    made to recognise people, to tell anything about their person, or to deceive.
    """
  }

  var rights: String {
    """
    The images show \(people(manifest.rows)). They are biometric and personal data. \
    The manifest holds no record of their consent and none of the rights in the videos: whoever passes this on has to \
    have both.
    """
  }

  /// Names of people, and whether there are others.
  private func people(_ rows: [ManifestRow]) -> String {
    let all = Set(rows.map(\.identity))
    let names = all.subtracting([Self.unnamed]).sorted().map(shown).joined(separator: ", ")
    guard all.contains(Self.unnamed) else { return names }
    return names + (names.isEmpty ? "" : " and ") + "people nobody has named"
  }

  /// Text of others on one line, which Markdown takes neither for its own nor for HTML.
  private func shown(_ text: String) -> String {
    guard isMarkdown else { return text }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ").reduce(into: "") {
      switch $1 {
      case "&": $0 += "&amp;"
      case "<": $0 += "&lt;"
      case ">": $0 += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "$", "!": $0 += "\\\($1)"
      default: $0.append($1)
      }
    }
  }
}

extension DatasetCard {
  /// The card as Markdown; `files` says what lies where.
  func text(files: String) -> String {
    var card = self
    card.isMarkdown = true
    return card.markdown(files: files)
  }

  private func markdown(files: String) -> String {
    """
    ---
    pretty_name: \(FaceTable.quoted(title))
    license: unknown
    task_categories:
    - image-to-image
    tags:
    - face-swap
    size_categories:
    - \(sizeCategory)
    ---

    # \(shown(title))

    \(summary)

    `manifest_id` \(manifest.id)

    ## Files

    \(files.replacingOccurrences(of: "NAME", with: manifest.header.name))

    ## Composition

    \(composition)

    ## Collection

    \(collection)

    \(fence)toml
    \(manifest.header.recipe)
    \(fence)

    ## Preprocessing

    \(preprocessing)

    ## Biases

    \(biases)

    \(coverage)
    ## Uses

    \(uses)

    ## Rights

    \(rights)

    """
  }

  /// Longer than any that the recipe holds.
  private var fence: String {
    let runs = manifest.header.recipe.split { $0 != "`" }
    return String(repeating: "`", count: max(3, 1 + (runs.map(\.count).max() ?? 0)))
  }

  /// One of the steps that Hugging Face knows.
  private var sizeCategory: String {
    let steps = [(1000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")]
    return steps.first { manifest.rows.count < $0.0 }?.1 ?? "100K<n<1M"
  }

  private var composition: String {
    var lines = ["| side | person | faces | for training | for validation | videos |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for side in Side.allCases {
      let rows = manifest.rows.filter { $0.side == side }
      for (person, faces) in Dictionary(grouping: rows, by: \.identity).sorted(by: {
        $0.key < $1.key
      }) {
        let held = faces.count { $0.split == .validation }
        let name = person == Self.unnamed ? "nobody has named them" : shown(person)
        let videos = Set(faces.map(\.frame.video)).count
        lines.append(
          "| \(side.rawValue) | \(name) | \(faces.count) | \(faces.count - held) | \(held) | \(videos) |"
        )
      }
    }
    return lines.joined(separator: "\n")
  }

  /// How many faces of each side are turned how: a table of yaw and pitch each.
  private var coverage: String {
    Side.allCases.map { side in
      let poses = manifest.rows.filter { $0.side == side }.compactMap {
        FaceCell(name: $0.cell)?.pose
      }
      let counts = Dictionary(poses.map { ($0, 1) }, uniquingKeysWith: +)
      let yaws = (0..<PoseCell.yawCount).map {
        PoseCell(yaw: $0, pitch: 0).center.yaw.text(0) + "°"
      }
      var lines = ["| \(side.rawValue): pitch, then yaw | " + yaws.joined(separator: " | ") + " |"]
      lines.append("|" + String(repeating: " --- |", count: yaws.count + 1))
      for pitch in (0..<PoseCell.pitchCount).reversed() {
        let cells = (0..<PoseCell.yawCount).map { PoseCell(yaw: $0, pitch: pitch) }
        lines.append(
          "| \(cells[0].center.pitch.text(0))° | "
            + cells.map { "\(counts[$0] ?? 0)" }.joined(separator: " | ") + " |")
      }
      return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
