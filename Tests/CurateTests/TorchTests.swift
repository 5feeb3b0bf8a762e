import Foundation
import TestSupport
import Testing

/// Beside the program, if `make engine TORCH=…` was run.
private let engine = URL(fileURLWithPath: Shell.curate).deletingLastPathComponent()
  .appending(path: "libcurate-torch.so").path

/// Training with PyTorch's library, in one process and in two.
@Suite(
  .serialized,
  .enabled(
    if: FileManager.default.fileExists(atPath: engine), "no PyTorch engine: make engine TORCH=…"))
struct TorchTests {
  private let workspace: TestWorkspace

  init() throws {
    workspace = try TestWorkspace()
    for name in ["alice", "bob"] {
      let result = try workspace.curate(
        "import", "--quiet", "--identity", name, Samples.clip("\(name)-1"))
      try #require(result.status == 0, "\(result.errors)")
    }
    let exported = try workspace.curate(
      "export", "pair", "--source", "identity = alice", "--target", "identity = bob",
      "--faces", "70")
    try #require(exported.status == 0, "\(exported.errors)")
  }

  /// Runs two processes of one training; `script` does something to them, $first and $second.
  private func trainTogether(
    _ name: String, steps: Int, _ options: String = "", then script: String = ""
  ) throws -> ShellResult {
    let port = Int.random(in: 20_000..<60_000)
    let train =
      "'\(Shell.curate)' --workspace '\(workspace.path)' train pair --name \(name) --engine torch"
      + " --device cpu --quiet --resolution 32 --batch-size 2 --checkpoint-every 10"
      + " --preview-every 1000 --iterations \(steps) \(options)"
    return try Shell.run(
      "bash",
      [
        "-c",
        """
        export MASTER_ADDR=127.0.0.1 MASTER_PORT=\(port) WORLD_SIZE=2 OMP_NUM_THREADS=1
        RANK=0 \(train) & first=$!
        RANK=1 \(train) & second=$!
        history='\(workspace.path)/models/\(name)/history.jsonl'
        \(script)
        wait $first; echo "first $?"
        wait $second; echo "second $?"
        """,
      ])
  }

  private func train(_ name: String, steps: Int, _ options: String...) throws -> ShellResult {
    // A thread as each of two processes has: more of them would add in another order.
    try Shell.run(
      "env",
      [
        "OMP_NUM_THREADS=1", Shell.curate, "--workspace", workspace.path, "train", "pair",
        "--name", name, "--engine", "torch", "--device", "cpu", "--quiet",
        "--resolution", "32", "--iterations", "\(steps)", "--preview-every", "1000",
      ] + options)
  }

  /// The losses of both sides in the order of steps.
  private func losses(_ name: String) throws -> [Double] {
    try String(contentsOfFile: workspace.path + "/models/\(name)/history.jsonl", encoding: .utf8)
      .split(separator: "\n").flatMap { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return [
          try #require(object?["source"] as? Double), try #require(object?["target"] as? Double),
        ]
      }
  }

  @Test func twoProcessesLearnAsOneDoesFromTwiceTheFaces() throws {
    let together = try trainTogether("two", steps: 50)
    #expect(together.output.contains("first 0\n") && together.output.contains("second 0\n"))
    #expect(together.errors.contains("process 1 of 2"), "\(together.errors)")
    let alone = try train("one", steps: 50, "--batch-size", "2", "--accumulate", "2")
    #expect(alone.status == 0, "\(alone.errors)")
    let (two, one) = (try losses("two"), try losses("one"))
    #expect(two.count == 100 && one.count == 100)
    #expect(zip(two, one).allSatisfy { abs($0 - $1) <= 1e-5 * $1 })
    // Sums in another order: Adam makes much of small differences, so only the first steps agree.
    let atOnce = try train("large", steps: 3, "--batch-size", "4")
    #expect(atOnce.status == 0, "\(atOnce.errors)")
    #expect(zip(try losses("large"), one).allSatisfy { abs($0 - $1) < 1e-3 * $1 })
  }

  @Test(arguments: ["first", "second"])
  func aProcessThatIsKilledEndsTheOtherAndLeavesAWholeCheckpoint(killed: String) throws {
    let steps = 100_000
    let ended = try trainTogether(
      "kill-\(killed)", steps: steps,
      then: """
        for i in $(seq 600); do
          [ "$(wc -l 2>/dev/null < "$history" || echo 0)" -ge 14 ] && break; sleep 0.1
        done
        kill -9 $\(killed)
        """)
    let other = killed == "first" ? "second" : "first"
    #expect(ended.output.contains("\(killed) 137\n"), "\(ended.errors)")
    #expect(ended.output.contains("\(other) 1\n"), "\(ended.errors)")
    #expect(ended.errors.contains("another one is gone"))
    let resumed = try trainTogether("kill-\(killed)", steps: 30, "--resume")
    #expect(resumed.output.contains("first 0\n"), "\(resumed.errors)")
    if try losses("kill-\(killed)").count <= 60 {
      #expect(try trainTogether("whole", steps: 30).output.contains("first 0\n"))
      let pairs = zip(try losses("kill-\(killed)"), try losses("whole"))
      #expect(pairs.allSatisfy { $0 == $1 })
    }
  }

  @Test func anotherNumberOfProcessesIsRefused() throws {
    #expect(try train("n", steps: 2, "--batch-size", "2").status == 0)
    let together = try trainTogether("n", steps: 4, "--resume")
    #expect(together.output.contains("first 1\n"))
    #expect(together.errors.contains("number of processes is 2, the run began with 1"))
  }
}

@Suite struct EngineOptionTests {
  @Test func aDeviceIsForPyTorchOnly() throws {
    let workspace = try TestWorkspace()
    let result = try workspace.curate("train", "pair", "--device", "cuda")
    #expect(result.status == 64)
    #expect(result.errors.contains("--device and --precision are for --engine torch"))
  }

  @Test func aMissingEngineSaysWhatToBuild() throws {
    let workspace = try TestWorkspace()
    let result = try Shell.run(
      "env",
      [
        "CURATE_TORCH_ENGINE=/nowhere.so", Shell.curate, "--workspace", workspace.path, "doctor",
      ])
    #expect(result.output.contains("/nowhere.so is not there; build it with: make engine TORCH=…"))
  }
}
