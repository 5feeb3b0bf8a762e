import FaceCore
import Foundation
import OnnxModels
import TestSupport
import Testing

/// Opened once for all tests; a failure where it is not installed.
let testRuntime = Result { try OnnxRuntime() }
let runtimeIsHere = (try? testRuntime.get()) != nil
let noRuntime: Comment = "no ONNX Runtime here: pip install onnxruntime"

/// YuNet lies beside the checkout and is not part of it.
let sharedFolder = sharedFile("models/yunet_n_dynamic.onnx").map {
  URL(fileURLWithPath: $0).deletingLastPathComponent().deletingLastPathComponent().path
}

func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/\(name).onnx").path
}

func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// A store in a folder of its own, which goes with the value.
struct TestStore {
  let folder: TemporaryFolder
  let store: ModelStore

  init() throws {
    folder = try TemporaryFolder()
    store = ModelStore(folder: folder.path("data/models"))
  }

  @discardableResult
  func install(
    _ name: String, sha256: String? = nil, kind: ModelKind? = nil, as other: String? = nil
  ) throws -> ModelRecord {
    try store.install(
      ModelInstallation(source: fixture(name), name: other, sha256: sha256, kind: kind),
      runtime: testRuntime.get(), date: Date(timeIntervalSince1970: 1_800_000_000))
  }

  func load(_ name: String) throws -> LoadedModel {
    try store.load(name, runtime: testRuntime.get())
  }

  /// All names in the store's folder, hidden ones too.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: store.folder)) ?? []).sorted()
  }
}

/// Colours that tell places apart.
func gradient(width: Int, height: Int) -> Image {
  var image = Image(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let at = (y * width + x) * 3
      image.bytes[at] = UInt8(255 * x / width)
      image.bytes[at + 1] = UInt8(255 * y / height)
      image.bytes[at + 2] = UInt8(255 * (x + y) / (width + height))
    }
  }
  return image
}
