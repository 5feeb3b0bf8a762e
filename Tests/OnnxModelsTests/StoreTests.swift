import FaceCore
import Foundation
import OnnxModels
import TestSupport
import Testing

@Suite struct StoreTests {
  @Test(arguments: ["", ".", "..", "a/b", "/etc", ".hidden", "-x", "a b", "é", "a\u{0}b"])
  func namesThatAreNoneAreRefused(name: String) {
    #expect(throws: OnnxError.self) { try ModelStore.check(name: name) }
    #expect(throws: OnnxError.self) {
      try ModelStore.check(name: String(repeating: "a", count: 65))
    }
  }

  @Test(arguments: ["yunet", "w600k_r50", "det-10g.v2", "_", "2d106det"])
  func plainNamesAreTaken(name: String) throws { try ModelStore.check(name: name) }

  @Test func theUsersFolderFollowsTheEnvironment() {
    #expect(
      ModelStore.standard(environment: ["XDG_DATA_HOME": "/data", "HOME": "/h"]).folder
        == "/data/curate/models")
    #expect(
      ModelStore.standard(environment: ["XDG_DATA_HOME": "relative", "HOME": "/h"]).folder
        == "/h/.local/share/curate/models")
  }

  @Test func anEmptyStoreIsEmpty() throws {
    let store = try TestStore()
    #expect(try store.store.list().models.isEmpty)
    #expect {
      _ = try store.store.record(of: "yunet")
    } throws: { error in
      "\(error)".hasPrefix("yunet: no model of this name is installed; none is")
    }
  }

  @Test func sourcesThatLookLikeAddressesAre() {
    #expect(ModelInstallation(source: "https://a.b/x/det.onnx?y=1").resolvedName == "det")
    #expect(ModelInstallation(source: "folder/det_10g.ONNX").resolvedName == "det_10g")
    #expect(ModelInstallation(source: "folder/det.onnx").address == nil)
    #expect(ModelInstallation.isHash(String(repeating: "aF", count: 32)))
    #expect(!ModelInstallation.isHash(String(repeating: "ag", count: 32)))
  }
}

@Suite(.enabled(if: runtimeIsHere, noRuntime)) struct InstallTests {
  /// A pattern of an error in one line.
  private func expect(_ code: OnnxError.Code, _ text: String, _ body: () throws -> Void) {
    #expect {
      try body()
    } throws: { error in
      (error as? OnnxError)?.code == code && "\(error)".contains(text)
        && !"\(error)".contains("\n")
    }
  }

  @Test func whatIsInstalledIsListedOpenedAndRemoved() throws {
    let store = try TestStore()
    let record = try store.install("scrfd", as: "mine")
    #expect(record.sha256 == Digest.hex(of: try bytes(of: fixture("scrfd"))))
    #expect(record.source == fixture("scrfd") && record.bytes == 10_950)
    try store.install("arcface")
    let (models, problems) = try store.store.list()
    #expect(models.map(\.name) == ["arcface", "mine"] && problems.isEmpty)
    #expect(models[1] == record)
    #expect(try store.load("mine").record == record)
    try store.store.remove("mine")
    #expect(store.names == ["arcface"])
    expect(.notInstalled, "there are: arcface") { try store.store.remove("mine") }
  }

  @Test func theHashIsComparedBeforeAnythingIsKept() throws {
    let store = try TestStore()
    let right = Digest.hex(of: try bytes(of: fixture("scrfd")))
    expect(.altered, "its SHA-256 is \(right), not 00") {
      try store.install("scrfd", sha256: String(repeating: "0", count: 64))
    }
    #expect(store.names.isEmpty)
    #expect(try store.install("scrfd", sha256: right.uppercased()).sha256 == right)
  }

  @Test func aNameIsTakenOnce() throws {
    let store = try TestStore()
    try store.install("scrfd")
    expect(.nameTaken, "scrfd: a model of this name is installed") {
      try store.install("arcface", as: "scrfd")
    }
    #expect(try store.store.record(of: "scrfd").kind == .scrfd)
  }

  @Test func alteredBytesAreNotOpened() throws {
    let store = try TestStore()
    try store.install("arcface")
    let path = store.store.folder + "/arcface/model.onnx"
    var altered = try bytes(of: path)
    altered[altered.count / 2] ^= 1
    try altered.write(to: URL(fileURLWithPath: path))
    expect(.altered, "was altered after it was installed") { _ = try store.load("arcface") }
  }

  @Test func aDamagedRecordIsAProblemOfItsOwn() throws {
    let store = try TestStore()
    try store.install("arcface")
    try store.install("scrfd")
    let path = store.store.folder + "/arcface/model.json"
    try Data("{".utf8).write(to: URL(fileURLWithPath: path))
    let (models, problems) = try store.store.list()
    #expect(models.map(\.name) == ["scrfd"])
    #expect(problems.count == 1 && "\(problems[0])".hasPrefix("arcface: its record is damaged"))
    try store.store.remove("arcface")
    #expect(store.names == ["scrfd"])
  }

  @Test func aRenamedFolderIsNoticed() throws {
    let store = try TestStore()
    try store.install("arcface")
    try FileManager.default.moveItem(
      atPath: store.store.folder + "/arcface", toPath: store.store.folder + "/other")
    expect(.altered, "its record is that of 'arcface'") { _ = try store.load("other") }
  }

  @Test func whatAKilledInstallationLeftIsNoModelAndGoes() throws {
    let store = try TestStore()
    try store.install("arcface")
    let left = store.store.folder + "/.scrfd.1.tmp"
    try FileManager.default.copyItem(atPath: store.store.folder + "/arcface", toPath: left)
    #expect(try store.store.list().models.map(\.name) == ["arcface"])
    // One that another process may be at work on stays.
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    for (age, name) in [(3600.0, "scrfd"), (2 * 86_400, "landmarks68")] {
      try FileManager.default.setAttributes(
        [.modificationDate: now.addingTimeInterval(-age)], ofItemAtPath: left)
      try store.install(name)
      #expect(FileManager.default.fileExists(atPath: left) == (age < 86_400))
    }
  }

  @Test func filesThatAreNoNetworksAreRefused() throws {
    let store = try TestStore()
    let cut = store.folder.path("cut.onnx")
    try bytes(of: fixture("scrfd")).prefix(5000).write(to: URL(fileURLWithPath: cut))
    for path in [cut, #filePath] {
      expect(.badModel, "not a network that ONNX Runtime") {
        _ = try store.store.install(
          ModelInstallation(source: path, name: "x"), runtime: testRuntime.get())
      }
    }
    for path in [store.folder.path("nothing.onnx"), store.folder.url.path] {
      expect(.file, path) {
        _ = try store.store.install(
          ModelInstallation(source: path, name: "x"), runtime: testRuntime.get())
      }
    }
    #expect(store.names.isEmpty)
  }

  @Test(arguments: ["external", "external-deep"])
  func networksWithWeightsInOtherFilesAreRefused(name: String) throws {
    let store = try TestStore()
    expect(.badModel, "its weights lie in other files") { try store.install(name) }
    #expect(store.names.isEmpty)
  }

  @Test func networksOfNoKnownKindAreRefused() throws {
    let store = try TestStore()
    expect(.unknownKind, "name its kind with --kind: yunet, scrfd") { try store.install("unknown") }
    expect(.badOutput, "it answers with 10 numbers, not the 136") {
      try store.install("unknown", kind: .landmarks68)
    }
    expect(.badOutput, "is not of 32-bit floats; it is not installed") {
      try store.install("integers", kind: .arcface)
    }
    expect(.badOutput, "it has 1 outputs, not the 6 or 9") {
      try store.install("arcface", kind: .scrfd)
    }
    expect(.badOutput, "output cls_8") { try store.install("scrfd", kind: .yunet) }
    #expect(store.names.isEmpty)
  }
}
