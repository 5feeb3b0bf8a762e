import FaceCore
import Foundation
import OnnxModels
import TestSupport
import Testing

/// A web server on this machine that serves one network, well and badly, for a minute at most.
final class TestServer {
  private let process = Process()
  let address: String

  init() throws {
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-u", "-c", TestServer.program, fixture("scrfd")]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    address = "http://127.0.0.1:\(port)"
  }

  deinit { process.terminate() }

  private static let program = """
    import http.server, signal, sys
    signal.alarm(60)
    body = open(sys.argv[1], 'rb').read()
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self, status, length=None, **headers):
            self.send_response(status)
            for name, value in headers.items(): self.send_header(name, value)
            if length is not None: self.send_header('Content-Length', str(length))
            self.end_headers()
        def do_GET(self):
            path = self.path.split('?')[0]
            if path == '/scrfd.onnx': self.answer(200, len(body)); self.wfile.write(body)
            elif path == '/unsized.onnx': self.answer(200); self.wfile.write(body)
            elif path == '/short.onnx': self.answer(200, len(body) + 9); self.wfile.write(body)
            elif path == '/moved.onnx': self.answer(302, 0, Location='/scrfd.onnx')
            elif path == '/file.onnx': self.answer(302, 0, Location='file://' + sys.argv[1])
            elif path == '/ftp.onnx': self.answer(302, 0, Location='ftp://127.0.0.1:1/x.onnx')
            elif path == '/circle.onnx': self.answer(302, 0, Location='/circle.onnx')
            else: self.answer(404, 0)
        def log_message(self, *arguments): pass
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    print(server.server_port)
    server.serve_forever()
    """
}

@Suite(.enabled(if: runtimeIsHere, noRuntime), .serialized) struct DownloadTests {
  private func install(
    _ address: String, sha256: String? = nil, into store: TestStore
  ) throws -> ModelRecord {
    try store.store.install(
      ModelInstallation(source: address, sha256: sha256), runtime: testRuntime.get())
  }

  private var hash: String {
    get throws { Digest.hex(of: try bytes(of: fixture("scrfd"))) }
  }

  @Test(arguments: ["scrfd", "unsized", "moved"])
  func whatAnAddressLeadsToIsInstalled(name: String) throws {
    let server = try TestServer()
    let store = try TestStore()
    let address = "\(server.address)/\(name).onnx?x=1"
    let record = try install(address, sha256: hash, into: store)
    #expect(record.name == name && record.source == address && record.kind == .scrfd)
    #expect(store.names == [name])
  }

  @Test(arguments: [
    ("missing", "status 404"), ("short", "cannot be downloaded"),
    ("circle", "cannot be downloaded"),
    ("file", "cannot be downloaded"), ("ftp", "which is not followed"),
  ])
  func whatCannotBeFetchedIsToldInOneLine(name: String, reason: String) throws {
    let server = try TestServer()
    let store = try TestStore()
    #expect {
      _ = try install("\(server.address)/\(name).onnx", sha256: hash, into: store)
    } throws: { error in
      "\(error)".contains(reason) && (error as? OnnxError)?.code == .download
        && !"\(error)".contains("\n")
    }
    #expect(store.names.isEmpty)
  }

  @Test func otherBytesThanMeantAreNotInstalled() throws {
    let server = try TestServer()
    let store = try TestStore()
    #expect {
      _ = try install(
        "\(server.address)/scrfd.onnx", sha256: String(repeating: "1", count: 64), into: store)
    } throws: { error in
      (error as? OnnxError)?.code == .altered
    }
    #expect(store.names.isEmpty)
  }

  @Test func moreThanTheLimitIsNotRead() throws {
    let server = try TestServer()
    let store = ModelStore(folder: try TestStore().store.folder, sizeLimit: 5000)
    for name in ["scrfd", "unsized"] {
      #expect {
        _ = try store.install(
          ModelInstallation(source: "\(server.address)/\(name).onnx", sha256: hash),
          runtime: testRuntime.get())
      } throws: { error in
        "\(error)".contains("more than the 5000")
      }
    }
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x.onnx", "http://127.0.0.1:1/x.onnx"])
  func addressesThatCannotBeAskedAreRefused(address: String) throws {
    let store = try TestStore()
    #expect {
      _ = try store.store.install(
        ModelInstallation(source: address, name: "x", sha256: hash), runtime: testRuntime.get())
    } throws: { error in
      (error as? OnnxError)?.code == .download && "\(error)".hasPrefix(address)
    }
  }

  @Test func anAddressNeedsAHash() throws {
    let store = try TestStore()
    #expect {
      _ = try install("http://127.0.0.1:1/x.onnx", into: store)
    } throws: { error in
      "\(error)".contains("an address needs --sha256")
    }
  }
}
