import FaceCore
import Foundation

/// A dataset's description for machines: what it is, which files it has, and where in them its fields are.
///
/// Format: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html, with the vocabulary for
/// responsible use, https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html
struct Croissant {
  /// A file beside the description.
  struct File {
    var name: String
    /// In bytes.
    var size: Int
    var sha256: String
  }

  let card: DatasetCard
  let table: FaceTable
  /// The table `faces.jsonl`, the manifest, and the shards.
  let files: [File]

  /// The document, with its keys sorted.
  func json() throws -> Data {
    var data = try JSONSerialization.data(
      withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    data.append(contentsOf: "\n".utf8)
    return data
  }

  private var document: [String: Any] {
    [
      "@context": Self.context, "@type": "sc:Dataset",
      "conformsTo": "http://mlcommons.org/croissant/1.1",
      "name": card.manifest.header.name, "description": card.summary, "version": "1.0.0",
      "identifier": "sha256:\(card.manifest.id)",
      "distribution": distribution, "recordSet": [splits, faces],
      "rai:dataCollection": card.collection,
      "rai:dataPreprocessingProtocol": [card.preprocessing],
      "rai:dataBiases": [card.biases], "rai:dataUseCases": [card.uses],
      "rai:personalSensitiveInformation": [card.rights],
    ]
  }

  private var shards: [File] { files.filter { $0.name.hasSuffix(".tar") } }

  private var distribution: [[String: Any]] {
    let objects: [[String: Any]] = files.map { file in
      [
        "@type": "cr:FileObject", "@id": file.name, "name": file.name, "contentUrl": file.name,
        "contentSize": "\(file.size) B", "sha256": file.sha256,
        "encodingFormat": file.name.hasSuffix(".tar")
          ? "application/x-tar" : "application/jsonlines",
      ]
    }
    return objects + [
      [
        "@type": "cr:FileSet", "@id": "images", "name": "images",
        "containedIn": shards.map { ["@id": $0.name] }, "encodingFormat": "image/jpeg",
        "includes": "*.jpg",
      ]
    ]
  }

  private var splits: [String: Any] {
    [
      "@type": "cr:RecordSet", "@id": "splits", "name": "splits", "dataType": "cr:Split",
      "key": ["@id": "splits/name"],
      "field": [
        field("splits/name", "the split's name", type: "sc:Text"),
        field("splits/url", "what the split is for", type: "sc:URL"),
      ],
      "data": [
        ["splits/name": "train", "splits/url": "cr:TrainingSplit"],
        ["splits/name": "validation", "splits/url": "cr:ValidationSplit"],
      ],
    ]
  }

  private var faces: [String: Any] {
    var image = field("faces/image", "the face", type: "sc:ImageObject")
    image["source"] = ["fileSet": ["@id": "images"], "extract": ["fileProperty": "content"]]
    return [
      "@type": "cr:RecordSet", "@id": "faces", "name": "faces", "description": "One face each.",
      "key": ["@id": "faces/file_name"], "field": table.columns.map(tableField) + [image],
    ]
  }

  private func tableField(_ column: FaceTable.Column) -> [String: Any] {
    let type =
      switch column.kind {
      case .text: "sc:Text"
      case .whole: "sc:Integer"
      case .number, .numbers: "sc:Float"
      }
    var made = field("faces/\(column.name)", column.about, type: type)
    made["source"] = ["fileObject": ["@id": "faces.jsonl"], "extract": ["column": column.name]]
    if case .numbers(let labels) = column.kind {
      made["isArray"] = true
      made["arrayShape"] = "\(labels.count)"
    }
    if column.name == "split" { made["references"] = ["field": ["@id": "splits/name"]] }
    if column.name == "file_name" {
      // Images come first: mlcroissant reads the contents of the side that a join starts from.
      made["references"] = made["source"]
      made["source"] = ["fileSet": ["@id": "images"], "extract": ["fileProperty": "filename"]]
    }
    return made
  }

  private func field(_ id: String, _ about: String, type: String) -> [String: Any] {
    [
      "@type": "cr:Field", "@id": id, "name": id, "description": about, "dataType": type,
    ]
  }

  /// What the words of the document stand for: the specification's own list.
  private static var context: [String: Any] {
    let own = [
      "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
      "fileProperty", "fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset",
      "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
      "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
    ]
    let others: [String: Any] = [
      "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
      "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
      "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
      "data": ["@id": "cr:data", "@type": "@json"],
      "examples": ["@id": "cr:examples", "@type": "@json"],
      "dataType": ["@id": "cr:dataType", "@type": "@vocab"],
      "name": ["@container": "@language"], "description": ["@container": "@language"],
    ]
    return others.merging(own.map { ($0, "cr:\($0)") }) { first, _ in first }
  }
}
