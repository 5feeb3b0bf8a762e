import Networks
import TestSupport

extension TorchPlugin {
  func open() throws -> TorchEngine {
    try TorchEngine(plugin: path, settings: TorchEngine.Settings(device: device, threads: 2))
  }
}
