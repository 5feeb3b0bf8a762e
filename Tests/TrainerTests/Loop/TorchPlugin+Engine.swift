import Networks
import TestSupport

extension TorchPlugin {
  func open(halfPrecision: Bool = false) throws -> TorchEngine {
    try TorchEngine(
      plugin: path,
      settings: TorchEngine.Settings(device: device, halfPrecision: halfPrecision, threads: 2))
  }
}
