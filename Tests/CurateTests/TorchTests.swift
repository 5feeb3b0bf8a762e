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
    workspace = try TestWorkspace.paired(faces: 70)
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
        logs=$(mktemp -d)
        export RANK=0; \(train) 2>$logs/0 & first=$!
        export RANK=1; \(train) 2>$logs/1 & second=$!
        history='\(workspace.path)/models/\(name)/history.jsonl'
        \(script)
        wait $first; echo "first $?"
        wait $second; echo "second $?"
        cat $logs/0 $logs/1 >&2; rm -r $logs
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
    let name = "kill-\(killed)"
    let ended = try trainTogether(
      name, steps: 100_000,
      then: """
        for i in $(seq 600); do
          [ "$(wc -l 2>/dev/null < "$history" || echo 0)" -ge 14 ] && break; sleep 0.1
        done
        kill -9 $\(killed)
        """)
    let other = killed == "first" ? "second" : "first"
    #expect(ended.output.contains("\(killed) 137\n"), "\(ended.errors)")
    #expect(ended.output.contains("\(other) 1\n"), "\(ended.errors)")
    #expect(ended.errors.contains("another process is gone"))
    let done = try losses(name).count / 2
    let saved = killed == "first" ? done / 10 * 10 : done
    if killed == "second" {
      #expect(ended.errors.contains("step \(done) is saved, go on with --resume"))
    }
    let checkpoint = "\(workspace.path)/models/\(name)/checkpoints/\(String(format: "%06d", saved))"
    #expect(FileManager.default.fileExists(atPath: checkpoint + "/state.json"))

    let resumed = try trainTogether(name, steps: done + 3, "--resume")
    #expect(resumed.output.contains("first 0\n"), "\(resumed.errors)")
    #expect(resumed.errors.contains("resuming at step \(saved)"))
    let whole = try trainTogether("whole-\(killed)", steps: done + 3)
    #expect(whole.output.contains("first 0\n"), "\(whole.errors)")
    #expect(try losses(name) == losses("whole-\(killed)"))
  }

  @Test func processesWithOtherSettingsAreRefused() throws {
    let ended = try trainTogether("apart", steps: 4, "--learning-rate 0.00$((RANK + 1))")
    #expect(ended.output.contains("first 1\n") && ended.output.contains("second 1\n"))
    #expect(
      ended.errors.contains("another one has other settings, another manifest or other crops"))
  }

  @Test func anotherNumberOfProcessesIsRefused() throws {
    #expect(try train("n", steps: 2, "--batch-size", "2").status == 0)
    let together = try trainTogether("n", steps: 4, "--resume")
    #expect(together.output.contains("first 1\n"))
    #expect(together.output.contains("second 1\n"))
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
