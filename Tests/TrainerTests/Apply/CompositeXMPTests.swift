import Foundation
import FoundationXML
import Testing
import Trainer

struct CompositeXMPTests {
  /// The text of every element, by namespace and name.
  private final class Reader: NSObject, XMLParserDelegate {
    var texts: [String: String] = [:]
    private var current = ""

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      current = "\(namespaceURI ?? "")\(element)"
      texts[current] = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      texts[current, default: ""] += string
    }

    func parser(
      _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      current = ""
    }
  }

  @Test func aReaderFindsEveryPropertyAsItWasGiven() throws {
    let name = "night & <day> \"2\"\ttab ü 😀"
    let packet = compositeXMP(
      CompositeOrigin(
        creatorTool: "curate 1.0", modelName: name, modelDigest: "00ff", manifestID: "m1"))
    let reader = Reader()
    let parser = XMLParser(data: Data(packet.utf8))
    parser.shouldProcessNamespaces = true
    parser.delegate = reader
    #expect(parser.parse())
    let iptc = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    #expect(
      reader.texts[iptc + "DigitalSourceType"]
        == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia")
    #expect(reader.texts[iptc + "AISystemUsed"] == name)
    #expect(reader.texts[iptc + "AISystemVersionUsed"] == "sha256:00ff")
    #expect(reader.texts["http://ns.adobe.com/xap/1.0/CreatorTool"] == "curate 1.0")
    #expect(reader.texts["urn:curate:xmp:1.0:Manifest"] == "m1")
  }

  @Test func forbiddenCharactersDoNotBreakThePacket() {
    let packet = compositeXMP(
      CompositeOrigin(creatorTool: "a\u{0}b\u{1F}", modelName: "m\u{FFFE}", modelDigest: "00"))
    #expect(XMLParser(data: Data(packet.utf8)).parse())
    #expect(!packet.contains("urn:curate:xmp:1.0:Manifest") && !packet.contains("<curate:Manifest"))
  }

  @Test func thePacketIsWrappedAsTheSpecificationSays() {
    let packet = compositeXMP(
      CompositeOrigin(creatorTool: "curate", modelName: "m", modelDigest: "00"))
    #expect(packet.hasPrefix("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"))
    #expect(packet.hasSuffix("<?xpacket end=\"w\"?>"))
  }
}
