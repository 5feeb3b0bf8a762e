import FaceCore
import Foundation
import OnnxModels
import TestSupport
import Testing

@Suite struct RuntimeTests {
  @Test func whatTheUserNamesIsTheOnlyCandidate() {
    #expect(
      OnnxRuntime.candidates(environment: ["CURATE_ONNXRUNTIME": "/x/lib.so", "PATH": "/usr/bin"])
        == ["/x/lib.so"])
  }

  @Test func packagesOfAPythonAreFoundTheLatestFirst() throws {
    let folder = try TemporaryFolder()
    var expected: [String] = []
    for (python, version) in [("python3.12", "1.20.1"), ("python3.9", "1.9.0")] {
      let capi = folder.path("env/lib/\(python)/site-packages/onnxruntime/capi")
      try FileManager.default.createDirectory(atPath: capi, withIntermediateDirectories: true)
      let library = "\(capi)/libonnxruntime.so.\(version)"
      try Data().write(to: URL(fileURLWithPath: library))
      expected.append(library)
    }
    let found = OnnxRuntime.candidates(environment: ["VIRTUAL_ENV": folder.path("env")])
    #expect(found.prefix(2) == ["libonnxruntime.so.1", "libonnxruntime.so"])
    #expect(Array(found[2..<4]) == expected)
  }

  @Test(arguments: ["/nowhere/libonnxruntime.so", "libc.so.6"])
  func whatIsNoLibraryOfThatKindIsToldInOneLine(path: String) {
    #expect {
      _ = try OnnxRuntime(path: path)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("ONNX Runtime: \(path)") && !text.contains("\n")
        && text.contains("CURATE_ONNXRUNTIME")
    }
  }
}

@Suite(.enabled(if: runtimeIsHere, noRuntime)) struct SessionTests {
  func session(_ name: String, threads: Int = 1) throws -> OnnxSession {
    try OnnxSession(
      bytes(of: fixture(name)), named: name, runtime: testRuntime.get(), threads: threads)
  }

  @Test func aNetworkSaysWhatGoesInAndComesOut() throws {
    let session = try session("landmarks98")
    #expect(session.inputs == [OnnxPort(name: "data", shape: [1, 3, 112, 112])])
    #expect(
      session.outputs == [
        OnnxPort(name: "features", shape: [1, 7]), OnnxPort(name: "points", shape: [1, 196]),
      ])
    #expect(session.inputs[0].text == "data float32 1×3×112×112")
  }

  @Test(arguments: [1, 2])
  func aNetworkComputes(threads: Int) throws {
    let session = try session("arcface", threads: threads)
    let image = Image(width: 112, height: 112, red: 10, green: 20, blue: 30)
    let outputs = try session.run(OnnxTensor(image, PixelLayout(.bytes)))
    #expect(outputs.count == 1 && outputs[0].shape == [1, 512])
    #expect(outputs[0].values.prefix(4) == [10, 20, 30, 0])
  }

  @Test func manyThreadsMayRunOneNetwork() async throws {
    let shared = Shared(session: try session("arcface"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for value in 0..<16 {
        group.addTask {
          let image = Image(
            width: 112, height: 112, red: UInt8(value), green: UInt8(value), blue: UInt8(value))
          for _ in 0..<20 {
            let outputs = try shared.session.run(OnnxTensor(image, PixelLayout(.bytes)))
            #expect(outputs[0].values[1] == Float(value))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private final class Shared: Sendable {
    let session: OnnxSession
    init(session: consuming OnnxSession) { self.session = session }
  }

  @Test func aPictureOfTheWrongSizeIsRefusedInOneLine() throws {
    let session = try session("arcface")
    #expect {
      _ = try session.run(OnnxTensor(Image(width: 64, height: 64), PixelLayout(.bytes)))
    } throws: { error in
      "\(error)".hasPrefix("arcface: it failed: ") && !"\(error)".contains("\n")
    }
  }

  @Test func outputsThatAreNoFloatsAreRefused() throws {
    let session = try session("integers")
    #expect(session.outputs[0].element == "int64")
    #expect {
      _ = try session.run(OnnxTensor(Image(width: 112, height: 112), PixelLayout(.bytes)))
    } throws: { error in
      "\(error)".contains("output 'shape' is not of 32-bit floats")
    }
  }

  @Test func noTruncatedFileIsANetworkThatComputes() throws {
    let whole = try bytes(of: fixture("landmarks68"))
    let runtime = try testRuntime.get()
    for count in stride(from: 0, to: whole.count, by: 7) {
      #expect(throws: OnnxError.self, "\(count) bytes") {
        _ = try OnnxSession(whole.prefix(count), named: "cut", runtime: runtime)
      }
    }
  }
}
