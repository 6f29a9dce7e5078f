// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// What a host lacks, and files that are not what they should be: one clear error, exit code 2, and
/// nothing left behind.
@Suite struct TroubleTests {
  @Test func aBrokenBoardFile() async throws {
    try await ScratchFolder.with { scratch in
      let board = TestEnvironment.checkout.pushing("boards/arm64-2g.yaml")
      let text = String(decoding: try HostFile.read(board, limit: 1 << 16), as: UTF8.self)
      let file = try scratch.write(text + "colour: red\n", to: "arm64-2g.yaml")
      let line = text.count(where: \.isNewline) + 1
      try await expectTrouble(
        boot(scratch, "--board", file.string), in: scratch,
        ["\(file):\(line): colour: there is no such key"], leaving: ["arm64-2g.yaml"])
    }
  }

  @Test func filesThatAreNoKernelImage() async throws {
    try await ScratchFolder.with { scratch in
      let kinds: [(name: String, head: [UInt8], words: String)] = [
        ("cut", [0x4d, 0x5a], "it has only 2 bytes, copy or build it again"),
        ("gzip", [0x1f, 0x8b], "its gzip data is cut or damaged: copy or build it again"),
        ("efi", Array("MZ".utf8), "it is an EFI program, not a kernel: give arch/arm64/boot/Image"),
        ("elf", [0x7f] + Array("ELF".utf8), "an ELF file (a vmlinux?): give arch/arm64/boot/Image"),
        ("text", Array("hello".utf8), "it has none of the marks of a kernel: give arch/arm64/boot"),
      ]
      for kind in kinds {
        // Of gzip's, more than a pipe holds: what unpacks it reads no further than its head.
        let padding = ["cut": 0, "gzip": 1 << 20][kind.name] ?? 4096
        try HostFile.write(
          kind.head + Array(repeating: 0, count: padding), to: scratch[kind.name])
        try await expectTrouble(
          boot(scratch, "--kernel-image", scratch[kind.name].string), in: scratch,
          ["\(scratch[kind.name]) is not a kernel image to boot: ", kind.words],
          leaving: kinds.map(\.name).filter { HostFile.exists(scratch[$0]) })
      }
    }
  }

  /// Who stops reading ends it without a word, as with any other program.
  @Test func nobodyReadsOn() async throws {
    let boards = try CMALabProcess(["boards"]).command
    let script = "{ sleep 0.2; \"$@\"; echo $? >&2; } | true"
    let result = try await ToolCommand(
      .named("sh"), ["-c", script, "sh", boards.programName] + boards.arguments
    ).collect(deadline: CMALabProcess.deadline)
    #expect(String(decoding: result.standardError, as: UTF8.self) == "\(128 + SIGPIPE)\n")
  }

  @Test func anImageThatCannotBeRead() async throws {
    try await ScratchFolder.with { scratch in
      try await expectTrouble(
        boot(scratch, "--kernel-image", scratch["none"].string), in: scratch,
        ["cannot read \(scratch["none"]): No such file or directory, check the path"])
      try await expectTrouble(
        boot(scratch, "--kernel-image", scratch.path.string), in: scratch,
        ["cannot read \(scratch.path): Is a directory, give a file"])
    }
  }

  @Test func aFolderThatIsNoKernelSource() async throws {
    try await ScratchFolder.with { scratch in
      try await expectTrouble(
        boot(scratch, "--kernel-source", scratch.path.string), in: scratch,
        ["\(scratch.path) is not a kernel source tree: it has no Makefile"])
    }
  }

  @Test(arguments: ["qemu-system-aarch64", "dtc", "setpriv", "prlimit", "aarch64-linux-gnu-gcc"])
  func aMissingProgram(_ missing: String) async throws {
    let image = try await TestKernel.image()
    try await ScratchFolder.with { scratch in
      let needed = [
        "qemu-system-aarch64", "dtc", "setpriv", "prlimit", "cpio", "aarch64-linux-gnu-gcc",
        "aarch64-linux-gnu-objcopy",
      ]
      let programs = try scratch.programs(needed.filter { $0 != missing })
      // Its own, so that none of what is asked here has been answered before.
      try HostFile.createDirectory(scratch["cache"])
      var boot = boot(scratch, "--kernel-image", image.string)
      boot.environment = ["PATH": programs.string, "CMALAB_CACHE": scratch["cache"].string]
      try await expectTrouble(
        boot, in: scratch,
        ["the program '\(missing)' is missing: 'cmalab doctor' names the package that brings it"],
        leaving: ["bin", "cache"])

      var doctor = CMALabProcess(["doctor"])
      doctor.environment = boot.environment
      let result = try await doctor.result()
      #expect(result.status == .exited(2))
      #expect(result.output.contains("MISSING  \(missing)"))
      #expect(result.output.contains("  apt-get install "))
      // No release of Debian has the sources of all lines as packages of its own.
      #expect(result.output.contains(/The source of kernel line \d+\.\d+ (is here|will be)/))
      #expect(!result.output.contains(/apt-get install .*linux-source/))
    }
  }

  /// Whoever runs these tests: as root in a namespace of one's own, and as another user in root's.
  @Test(arguments: [true, false])
  func rootIsToldWhatRunsAsRoot(isRoot: Bool) async throws {
    let doctor = try CMALabProcess(["doctor"]).command
    let isolation = isRoot ? ["--map-root-user"] : ["--user", "--map-user=1000"]
    let command =
      (geteuid() == 0) == isRoot
      ? doctor
      : ToolCommand(.named("unshare"), isolation + [doctor.programName] + doctor.arguments)
    let output = try await command.collect(deadline: CMALabProcess.deadline).standardOutput
    #expect(
      String(decoding: output, as: UTF8.self).contains(
        "\nThis is root: QEMU, dtc and compilers run as root, too, and apt without its own user. "
          + "Run cmalab as an ordinary user.\n") == isRoot)
  }

  @Test func anOutputFolderThatIsTaken() async throws {
    try await ScratchFolder.with { scratch in
      _ = try scratch.write("mine", to: "run/thesis.txt")
      try await expectTrouble(
        boot(scratch), in: scratch,
        ["\(scratch["run"]) has files that are not a run's: give --out a new or empty folder"],
        leaving: ["run"])
      #expect(try HostFile.names(in: scratch["run"]) == ["thesis.txt"])
    }
  }

  @Test func anOutputFolderBelowAFile() async throws {
    try await ScratchFolder.with { scratch in
      let file = try scratch.write("mine", to: "file")
      try await expectTrouble(
        CMALabProcess(["boot", "--out", file.appending("run").string]), in: scratch,
        ["\(file) is not a folder: give --out a new or empty one"], leaving: ["file"])
    }
  }

  @Test func aCacheThatCannotBeWritten() async throws {
    try await ScratchFolder.with { scratch in
      let file = try scratch.write("mine", to: "file")
      var boot = boot(scratch)
      boot.environment = ["CMALAB_CACHE": file.appending("cache").string]
      try await expectTrouble(
        boot, in: scratch,
        ["the cache is not usable, set CMALAB_CACHE to a folder that is", "\(file)/cache"],
        leaving: ["file"])
      boot.environment = ["CMALAB_CACHE": "here"]
      try await expectTrouble(
        boot, in: scratch, ["CMALAB_CACHE is 'here'", "give a path from the root"],
        leaving: ["file"])
    }
  }

  /// What starts no guest needs no cache that can be written to, and none at all.
  @Test(arguments: [
    ["predict", "--cma", "64M"], ["max"], ["lint", "arm64-2g"], ["boards"],
    ["suggest", "--layout", "stock", "--cma", "2046M"],
    ["upgrade", "--from", "6.1", "--to", "6.12", "--cma", "64M"],
  ])
  func aQuestionNeedsNoCache(_ arguments: [String]) async throws {
    try await ScratchFolder.with { scratch in
      let file = try scratch.write("mine", to: "file")
      let temporary = scratch["temporary"]
      try HostFile.createDirectory(temporary)
      let environments: [[String: String?]] = [
        ["CMALAB_CACHE": file.appending("cache").string],
        ["CMALAB_CACHE": nil, "XDG_CACHE_HOME": nil, "HOME": nil],
        // Permissions let root write there.
        ["CMALAB_CACHE": nil, "XDG_CACHE_HOME": "/proc/nowhere"],
      ]
      for environment in environments {
        let result = try await CMALabProcess(
          arguments, environment: environment.merging(["TMPDIR": temporary.string]) { $1 }
        ).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        // A slow machine is told that the command lives.
        let said = result.errors.split(separator: "\n").filter { !$0.contains(" goes on, ") }
        #expect(said.isEmpty, "\(result.errors)")
        #expect(try HostFile.names(in: temporary).isEmpty)
      }
      #expect(try scratch.names == ["file", "temporary"])
    }
  }

  @Test func aLogThatIsATree() async throws {
    try await ScratchFolder.with { scratch in
      let file = scratch["fdt"]
      try HostFile.write([0xd0, 0x0d, 0xfe, 0xed], to: file)
      try await expectTrouble(
        CMALabProcess(["explain", file.string]), in: scratch,
        ["\(file): this is a device tree, as a blob, and no log: give it with --dtb"],
        leaving: ["fdt"])
    }
  }

  @Test func aSizeWithoutAUnitIsDoubted() async throws {
    let result = try await CMALabProcess(["predict", "--cma", "3000"]).result()
    #expect(result.status == .exited(0))
    #expect(
      result.errors
        == "cmalab: warning: --cma 3000 is 3000 bytes, which the kernel rounds up to a pageblock: "
        + "3000 MiB are written 3000M\n")
  }

  @Test func aWrongHome() async throws {
    try await ScratchFolder.with { scratch in
      var boot = boot(scratch)
      boot.environment = ["CMALAB_HOME": scratch.path.string]
      try await expectTrouble(
        boot, in: scratch,
        ["CMALAB_HOME is \(scratch.path), which has no boards,", "unset or mend it"])
    }
  }

  /// A file system of 1 MiB, which nobody else sees, holds no kernel.
  @Test(.kernelIsBuilt) func aFullDisk() async throws {
    try await ScratchFolder.with { scratch in
      let script = """
        mount -t tmpfs -o size=1m tmpfs "$0" || exit 99
        "$@"
        code=$?
        find "$0" -mindepth 1
        exit $code
        """
      let boot = try boot(scratch).command
      let isolation = ["--mount"] + (geteuid() == 0 ? [] : ["--map-root-user"])
      let result = try await ToolCommand(
        .named("unshare"),
        isolation + ["sh", "-c", script, scratch.path.string, boot.programName] + boot.arguments
      ).collect(deadline: CMALabProcess.deadline)
      let errors = String(decoding: result.standardError, as: UTF8.self)
      #expect(result.status == .exited(2), "\(errors)")
      let complaints = errors.split(separator: "\n").filter { $0.hasPrefix("cmalab: error: ") }
      #expect(complaints.count == 1, "\(errors)")
      #expect(
        errors.contains("cmalab: error: cannot write \(scratch["run"])/"), "\(errors)")
      #expect(errors.contains("No space left on device, make room there or choose another folder"))
      #expect(String(decoding: result.standardOutput, as: UTF8.self) == "", "files are left")
    }
  }

  @Test func aTreeThatDoesNotCompile() async throws {
    try await ScratchFolder.with { scratch in
      let makefile = """
        allnoconfig:
        \tcp $(KCONFIG_ALLCONFIG) $(O)/.config
        Image modules_prepare:
        \t@echo "foo.c:1:1: error: boom" >&2; exit 1

        """
      _ = try scratch.write(makefile, to: "linux/Makefile")
      for name in ["Kconfig", "arch/arm64/Kconfig"] {
        _ = try scratch.write("", to: "linux/\(name)")
      }
      var boot = boot(scratch, "--kernel-source", scratch["linux"].string)
      boot.environment = ["CMALAB_CACHE": scratch["cache"].string]
      let result = try await boot.result()
      #expect(result.status == .exited(2))
      #expect(result.complaints == ["cmalab: error: the kernel did not build: make Image failed:"])
      #expect(result.errors.contains("\n  foo.c:1:1: error: boom\n"))
      let log = try #require(result.errors.split(separator: " ").last).dropLast()
      #expect(log.hasPrefix(scratch["cache"].appending("logs").string))
      let said = try HostFile.read(FilePath(String(log)), limit: 1 << 20)
      #expect(String(decoding: said, as: UTF8.self).contains("foo.c:1:1: error: boom"))
      #expect(try scratch.names == ["cache", "linux"])
    }
  }

  private func boot(_ scratch: ScratchFolder, _ arguments: String...) -> CMALabProcess {
    CMALabProcess(["boot", "--out", scratch["run"].string] + arguments)
  }

  private func expectTrouble(
    _ process: CMALabProcess, in scratch: ScratchFolder, _ words: [String],
    leaving names: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let result = try await process.result()
    #expect(result.status == .exited(2), sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.complaints.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        result.complaints.first?.contains(word) == true, "\(result.errors)",
        sourceLocation: sourceLocation)
    }
    #expect(try scratch.names == names.sorted(), sourceLocation: sourceLocation)
  }
}
