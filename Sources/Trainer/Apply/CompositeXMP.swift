/// What made a swapped picture, for its metadata.
///
/// Holds no person's name.
public struct CompositeOrigin: Hashable, Sendable, Codable {
  /// The program and its version.
  public var creatorTool: String
  public var modelName: String
  /// SHA-256 of the model's weights, hexadecimal; nil while they are being learned.
  public var modelDigest: String?
  /// Hash of the list of faces the model was trained on.
  public var manifestID: String?

  public init(
    creatorTool: String, modelName: String, modelDigest: String?, manifestID: String? = nil
  ) {
    (self.creatorTool, self.modelName) = (creatorTool, modelName)
    (self.modelDigest, self.manifestID) = (modelDigest, manifestID)
  }
}

/// An XMP packet that says the picture is a composite made with a trained model.
///
/// Sources: IPTC Photo Metadata Standard (digital source type, AI system used), IPTC NewsCodes
/// `digitalsourcetype`, XMP Specification part 1 (packet, RDF).
public func compositeXMP(_ origin: CompositeOrigin) -> String {
  let type =
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
  var properties = [
    ("Iptc4xmpExt:DigitalSourceType", type),
    ("Iptc4xmpExt:AISystemUsed", origin.modelName),
    ("xmp:CreatorTool", origin.creatorTool),
  ]
  if let digest = origin.modelDigest {
    properties.insert(("Iptc4xmpExt:AISystemVersionUsed", "sha256:" + digest), at: 2)
  }
  if let manifest = origin.manifestID {
    properties.append(("curate:Manifest", manifest))
  }
  let lines = properties.map { "   <\($0.0)>\(escaped($0.1))</\($0.0)>" }
  return """
    <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/">
     <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about=""
        xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
        xmlns:xmp="http://ns.adobe.com/xap/1.0/"
        xmlns:curate="urn:curate:xmp:1.0:">
    \(lines.joined(separator: "\n"))
      </rdf:Description>
     </rdf:RDF>
    </x:xmpmeta>
    <?xpacket end="w"?>
    """
}

/// Text as XML holds it.
///
/// Characters that XML 1.0 forbids become U+FFFD.
private func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\t", "\n", "\r": result += "&#\(scalar.value);"
    case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
