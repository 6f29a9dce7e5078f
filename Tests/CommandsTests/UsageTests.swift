// SPDX-License-Identifier: Apache-2.0
import HostProcesses
import SystemPackage
import Testing

/// A command line that asks for what there is not.
struct Misuse: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  /// What is said of it, in pieces: what is wrong, and what to do.
  let words: [String]

  init(_ arguments: [String], _ words: [String]) {
    self.arguments = arguments
    self.words = words
  }

  var testDescription: String { arguments.joined(separator: " ") }

  static let all = [
    Misuse(
      ["--board", "arm64-4h"],
      ["there is no board 'arm64-4h'", "did you mean 'arm64-4g' or 'arm64-2g'?"]),
    Misuse(
      ["--board", "zynq"], ["there is no board 'zynq'", "'cmalab boards' lists them all"]),
    Misuse(
      ["--board", "/nowhere/board.yaml"],
      ["'/nowhere/board.yaml'", "No such file or directory", "check the path"]),
    Misuse(
      ["--board", "."],
      ["'.' is not a board's name", "a board file ends in .yaml", "'cmalab boards' lists"]),
    Misuse(
      ["--layout", "wyde"],
      ["board 'arm64-4g' has no layout 'wyde'", "did you mean 'wide'?", "rk3568, stock, wide"]),
    Misuse(
      ["--cma", "3000X"], ["'--cma", "'3000X' ends in 'X', which is not a unit", "as in 3000M"]),
    Misuse(["--cma", "-1"], ["'--cma", "'-1' is negative", "as in 3000M"]),
    Misuse(["--cma", "0x"], ["'--cma", "'0x' is not a valid size", "as in 3000M"]),
    Misuse(["--cma", ""], ["'--cma", "the size is empty", "as in 3000M"]),
    Misuse(
      ["--cma", "99999999999G"], ["'--cma", "'99999999999G' does not fit in 64 bits", "3000M"]),
    Misuse(["--cpus", "9"], ["--cpus is 9", "1 to 8"]),
    Misuse(["--cpus", "0"], ["--cpus is 0", "1 to 8"]),
    Misuse(["--timeout", "0"], ["--timeout is 0", "more than 0"]),
    Misuse(["--append", "über"], ["--append has characters that no kernel command line has"]),
    Misuse(["--kernel", "2.4"], ["there is no kernel line '2.4'", "choose one of ", "6.1"]),
    Misuse(
      ["--kernel", "6.1", "--kernel-image", "Image"],
      ["give one of --kernel, --kernel-image and --kernel-source"]),
    Misuse(
      ["--page-size", "8k"], ["'8k' is invalid for '--page-size", "one of '4k', '16k' or '64k'"]),
    Misuse(["--lpae"], ["--lpae is for 32-bit ARM", "leave it out"]),
    Misuse(
      ["--board", "arm-am57xx", "--page-size", "64k"],
      ["--page-size is 64k", "32-bit ARM has 4k only"]),
    Misuse(
      ["--format", "xml"],
      ["'xml' is invalid for '--format", "one of 'text', 'json', 'html' or 'svg'"]),
    Misuse(["--region", "size=64M"], ["'--region", "a region needs name=NAME"]),
    Misuse(["--region", "name=a"], ["'--region", "region 'a' needs size=SIZE"]),
    Misuse(
      ["--region", "name=a,size=0x"], ["'--region", "'0x' is not a valid size", "as in 3000M"]),
    Misuse(
      ["--region", "name=a,size=1M,colour=red"],
      ["'--region", "'colour=red' is not understood", "write name=NAME,size=SIZE"]),
    Misuse(
      ["--region", "name=a,size=1M,at=0x0,within=0x0-0xffff"],
      ["'--region", "a region with 'at' has its place", "omit 'align' and 'within'"]),
    Misuse(
      ["--region", "name=a,size=1M", "--region", "name=a,size=2M"],
      ["--region a: an earlier --region has that name", "give it another"]),
    Misuse(
      ["--board", "am654-evm", "--region", "name=secure-ddr,size=1M,at=0x9e800000"],
      ["--region secure-ddr@9e800000: layout 'stock' of am654-evm has a region of that name"]),
    Misuse(
      ["--via", "dts", "--cma", "64M", "--region", "name=linux,,cma,size=1M"],
      ["--region linux,cma: the default pool's node has that name"]),
    Misuse(["--region", "name=a,name=b,size=1M"], ["'--region", "'name' is given twice"]),
    Misuse(["--test", "magic"], ["'magic' is invalid for '--test"]),
    Misuse(["--shell"], ["--shell has no verdict and keeps nothing", "omit --out"]),
    Misuse(["--board", "arm-am57xx", "--gdb"], ["--gdb is for arm64", "64-bit CPU"]),
    Misuse(["--via", "magic"], ["'magic' is invalid for '--via", "'cmdline'"]),
  ]
}

@Suite struct UsageTests {
  @Test(arguments: Misuse.all)
  func misuseIsOneClearErrorAndLeavesNothing(_ misuse: Misuse) async throws {
    try await ScratchFolder.with { scratch in
      let result = try await CMALabProcess(
        ["boot", "--out", scratch["run"].string] + misuse.arguments
      ).result()
      #expect(result.status == .exited(64))
      #expect(result.output.isEmpty)
      #expect(result.complaints.count == 1, "\(result.errors)")
      for words in misuse.words {
        #expect(result.complaints.first?.contains(words) == true, "\(result.errors)")
      }
      #expect(try scratch.names.isEmpty)
    }
  }

  @Test(arguments: [
    (["bot"], "there is no command 'bot': did you mean 'boot'?"),
    (["help", "predct"], "there is no command 'predct': did you mean 'predict'?"),
    (["wholly-unknown"], "there is no command 'wholly-unknown': 'cmalab --help' lists them all"),
    (["boot", "rpi4"], "'rpi4' is a board: write cmalab boot --board rpi4"),
    (["kernels", "prun"], "there is no command 'kernels prun': did you mean 'kernels prune'?"),
    (["boards", "sho"], "there is no command 'boards sho': did you mean 'boards show'?"),
    (["boards", "rpi4"], "'rpi4' is a board: write cmalab boards show rpi4"),
    (["matrix", "merg"], "there is no command 'matrix merg': did you mean 'matrix merge'?"),
    (["max", "own.yaml"], "'own.yaml' is a board: write cmalab max --board own.yaml"),
  ])
  func aNameOutOfPlaceIsRecognised(arguments: [String], words: String) async throws {
    let result = try await CMALabProcess(arguments).result()
    #expect(result.status == .exited(64))
    #expect(result.output.isEmpty)
    #expect(result.complaints == ["cmalab: error: \(words)"])
  }

  /// How to write an option is told once.
  @Test func aMisspeltRegionIsAnsweredOnce() async throws {
    let result = try await CMALabProcess(["predict", "--region", "video"]).result()
    #expect(result.status == .exited(64))
    #expect(result.errors.ranges(of: "users=N").count == 1, "\(result.errors)")
  }

  /// Of two shards, one has no cell to run.
  @Test(arguments: ["1/2", "2/2"], ["board: [rpi5]", "kernel: [\"6.11\"]", "cma: [640MB]"])
  func aShardChecksTheWholeFile(shard: String, axis: String) async throws {
    try await ScratchFolder.with { scratch in
      let file = try scratch.write("name: one\naxes:\n  \(axis)\n", to: "one.yaml")
      let result = try await CMALabProcess([
        "matrix", file.string, "--shard", shard, "--out", scratch["run"].string,
      ]).result()
      #expect(![.exited(0), .exited(1)].contains(result.status), "\(result.output)")
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(try scratch.names == ["one.yaml"])
    }
  }

  @Test func aShellWantsATerminal() async throws {
    let result = try await CMALabProcess(["boot", "--shell"]).result()
    #expect(result.status == .exited(64))
    #expect(
      result.complaints == [
        "Error: --shell needs a terminal as its standard input"
      ])
  }

  @Test(arguments: [["--help"], ["boot", "--help"], ["help", "observe"], ["--version"]])
  func helpIsNoError(arguments: [String]) async throws {
    let result = try await CMALabProcess(arguments).result()
    #expect(result.status == .exited(0))
    #expect(result.errors.isEmpty)
    #expect(!result.output.isEmpty)
  }
}
