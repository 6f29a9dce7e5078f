// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// Inputs and programs that would keep a command for ever.
@Suite struct HostileInputTests {
  /// The kernel cannot map such an initramfs, and does without it.
  @Test func anInitramfsLargerThanAllMemoryIsNoWork() async throws {
    try await ScratchFolder.with { scratch in
      let tree = try scratch.write(
        """
        /dts-v1/;
        / {
          #address-cells = <2>;
          #size-cells = <2>;
          chosen {
            linux,initrd-start = <0x0 0x3d0000>;
            linux,initrd-end = <0x1000 0x472c00>;
          };
          memory@0 { device_type = "memory"; reg = <0 0 0 0x80000000>; };
        };

        """, to: "tree.dts")
      let cost = try MeasuredProcess(
        try CMALabProcess.executable, ["lint", tree.string]
      ).cost()
      #expect(cost.seconds < 20, "\(cost)")
    }
  }

  @Test func moreReservationsThanAnyKernelHasSlotsForAreRefused() async throws {
    try await ScratchFolder.with { scratch in
      let entries = (0..<100_000).map { "/memreserve/ 0x\(String($0 << 12, radix: 16)) 0x1000;\n" }
      let tree = try scratch.write(
        "/dts-v1/;\n" + entries.joined() + "/ { };\n", to: "tree.dts")
      let result = try await CMALabProcess(["lint", tree.string]).result()
      #expect(result.status == .exited(2))
      #expect(result.complaints.count == 1, "\(result.errors)")
    }
  }

  /// But for a log, which 'explain <(ssh board dmesg)' reads so.
  @Test(arguments: ["tree.dtb", "tree.dts", "board.yaml"])
  func aFIFOIsNotWaitedFor(name: String) async throws {
    try await ScratchFolder.with { scratch in
      #expect(mkfifo(scratch[name].string, 0o600) == 0)
      let result = try await CMALabProcess(["lint", scratch[name].string])
        .result(deadline: .seconds(120))
      #expect(result.status == .exited(2), "\(result.errors)")
    }
  }

  /// A compiler that hangs dies with whoever started it, however that dies.
  @Test func aKilledCMALabLeavesNoCompiler() async throws {
    try await ScratchFolder.with { scratch in
      let tools = scratch["tools"]
      let compiler = try scratch.write(
        "#!/bin/sh\necho $$ > \(scratch["compiler"])\nexec sleep 1000\n", to: "tools/dtc")
      #expect(chmod(compiler.string, 0o700) == 0)
      let tree = try scratch.write("/dts-v1/;\n/ { };\n", to: "tree.dts")
      let path = getenv("PATH").map { String(cString: $0) } ?? ""
      let lint = CMALabProcess(
        ["lint", tree.string], environment: ["PATH": "\(tools):\(path)"])
      let result = try await lint.result(output: scratch["output"]) { cmalab in
        _ = try await Self.number(in: scratch["compiler"])
        kill(cmalab, SIGKILL)
      }
      #expect(result.status == .signaled(SIGKILL))
      let left = try await Self.number(in: scratch["compiler"])
      #expect(try await Self.ends(left), "dtc is left over")
    }
  }

  /// What waits for input that never comes looks at no signal; the second one ends it all the same.
  @Test func aSecondSignalEndsWhateverItDoes() async throws {
    try await ScratchFolder.with { scratch in
      let shell = ToolCommand(
        .named("sh"),
        [
          "-c", #"sleep 1000 | { echo started >&2; exec "$0" explain -; }"#,
          try CMALabProcess.executable.string,
        ])
      let ended = try await shell.supervised(standardErrorLimit: 1 << 16) {
        process -> String? in
        do {
          let cmalab = try await Self.child(named: "cmalab", below: process.identifier)
          for _ in 0..<2 {
            // Time to be asked and not to listen.
            try await Task.sleep(for: .seconds(1))
            kill(cmalab, SIGTERM)
          }
          return try await Self.ends(cmalab) ? "it ended" : "it goes on"
        } catch {
          return "\(error)"
        }
      }
      #expect(ended.stoppedBecause == "it ended")
    }
  }

  /// The number in a file, once it is there.
  private static func number(in file: FilePath) async throws -> Int32 {
    while true {
      if let bytes = try? HostFile.read(file, limit: 100),
        let number = Int32(String(decoding: bytes, as: UTF8.self).dropLast())
      {
        return number
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Whether a process ends within ten seconds; one that nobody has waited for yet has.
  private static func ends(_ process: Int32) async throws -> Bool {
    for _ in 0..<200 {
      guard let words = status(of: process), words[2] != "Z" else { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  /// What proc_pid_stat(5) says of a process: PID (COMM) STATE PPID …; nil where there is none.
  private static func status(of process: Int32) -> [Substring]? {
    let file = FilePath("/proc/\(process)/stat")
    guard let bytes = try? HostFile.read(file, limit: 4096) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    return words.count > 3 ? words : nil
  }

  /// A child of a process, once it is there.
  private static func child(named name: String, below parent: Int32) async throws -> Int32 {
    while true {
      for process in try HostFile.names(in: "/proc").compactMap({ Int32($0) }) {
        if let words = status(of: process), words[1] == "(\(name))", Int32(words[3]) == parent {
          return process
        }
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
