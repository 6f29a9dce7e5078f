// SPDX-License-Identifier: Apache-2.0
import Emulator
import Quantities
import SystemPackage
import Testing

@Suite struct EmulatedMachineTests {
  private func machine(_ files: [EmulatedMachine.LoadedFile] = []) -> EmulatedMachine {
    EmulatedMachine(
      cpuModel: "cortex-a57", cpuCount: 4, memory: .gibibytes(5), loadedFiles: files)
  }

  private func features(sandbox: Bool = true) throws -> EmulatorFeatures {
    try EmulatorFeatures(
      banner: "QEMU emulator version 7.2.22 (Debian 1:7.2)\n",
      help: sandbox ? "-foo bar\n-sandbox on[,obsolete=allow|deny]\n" : "-foo bar\n")
  }

  @Test func everyArgumentIsAsItShouldBe() throws {
    let files = [
      EmulatedMachine.LoadedFile(
        file: "/cache/monitor", address: PhysicalAddress(0x4020_0000), isEntry: true),
      EmulatedMachine.LoadedFile(file: "/cache/Image", address: PhysicalAddress(0x8000_0000)),
    ]
    #expect(
      machine(files).arguments(for: try features()) == [
        "-machine", "virt,virtualization=on,gic-version=2,memory-backend=ram",
        "-accel", "tcg",
        "-cpu", "cortex-a57",
        "-smp", "4",
        "-m", "5120M",
        "-object", "memory-backend-ram,id=ram,size=5120M,reserve=off",
        "-nodefaults", "-no-user-config", "-no-reboot",
        "-display", "none",
        "-monitor", "none",
        "-chardev", "stdio,id=console,signal=off",
        "-serial", "chardev:console",
        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-device", "loader,file=/cache/monitor,addr=0x40200000,force-raw=on,cpu-num=0",
        "-device", "loader,file=/cache/Image,addr=0x80000000,force-raw=on",
      ])
  }

  @Test func aQEMUWithoutSeccompHasNoSandbox() throws {
    let with = machine().arguments(for: try features())
    let without = machine().arguments(for: try features(sandbox: false))
    #expect(!without.contains("-sandbox"))
    let at = try #require(with.firstIndex(of: "-sandbox"))
    #expect(without == Array(with[..<at] + with[(at + 2)...]))
  }

  @Test func onATerminalOnlyTheConsoleIsAnother() throws {
    let output = machine().arguments(for: try features())
    let terminal = machine().arguments(for: try features(), console: .terminal)
    #expect(zip(output, terminal).filter { $0 != $1 }.map(\.1) == ["stdio,id=console,signal=on"])
    let shell = machine().arguments(
      for: try features(), console: .shell(log: "/run/console.log"))
    #expect(
      zip(output, shell).filter { $0 != $1 }.map(\.1)
        == ["stdio,id=console,signal=off,mux=on,logfile=/run/console.log"])
  }

  @Test func forADebuggerItOnlyWaits() throws {
    let plain = machine().arguments(for: try features())
    let waiting = machine().arguments(for: try features(), debugSocket: "a,b.socket")
    #expect(
      waiting == plain + [
        "-S", "-chardev", "socket,id=debugger,path=a,,b.socket,server=on,wait=off",
        "-gdb", "chardev:debugger",
      ])
  }

  /// In a list of options a comma belongs to the list, unless it is written twice.
  @Test(
    arguments: [
      ("/a,b/c", "/a,,b/c"), ("/,,/", "/,,,,/"), ("/a,force-raw=off", "/a,,force-raw=off"),
      ("/a,\u{301}b", "/a,,\u{301}b"), ("/a=b c", "/a=b c"),
    ])
  func commasInPathsAreDoubled(path: String, written: String) throws {
    let file = EmulatedMachine.LoadedFile(file: FilePath(path), address: PhysicalAddress(0x1000))
    let arguments = machine([file]).arguments(
      for: try features(), console: .shell(log: FilePath(path)))
    let name = FilePath(written).string
    func holds(_ argument: String) -> Bool {
      arguments.contains { Array($0.unicodeScalars) == Array(argument.unicodeScalars) }
    }
    #expect(holds("loader,file=\(name),addr=0x1000,force-raw=on"))
    #expect(holds("stdio,id=console,signal=off,mux=on,logfile=\(name)"))
  }
}

@Suite struct EmulatorFeaturesTests {
  @Test(
    arguments: [
      ("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright (c)", "7.2.22"),
      ("QEMU emulator version 10.0.0\n", "10.0.0"),
      ("QEMU emulator version 9.2.0-rc1", "9.2.0-rc1"),
      ("warning: something\nQEMU emulator version 8.0.1 (v8)\n", "8.0.1"),
    ])
  func theVersionIsRead(banner: String, version: String) throws {
    let features = try EmulatorFeatures(banner: banner, help: "")
    #expect(features.version == version)
    #expect(!features.hasSandbox)
  }

  @Test(arguments: ["", "qemu-system-aarch64: command not found", "QEMU emulator version ", "QEMU"])
  func whatIsNoQEMUIsRefused(banner: String) {
    let error = #expect(throws: EmulatorError.self) {
      try EmulatorFeatures(banner: banner, help: "")
    }
    #expect(
      error?.description
        == "'qemu-system-aarch64 --version' said '\(banner)', which names no QEMU: check PATH")
  }

  @Test(
    arguments: [
      ("-h\n-sandbox on[,…]\n", true), ("-h\n  -sandbox on\n", false), ("-sandboxes\n", false),
      ("see -sandbox \n", false),
    ])
  func theSandboxIsAnOptionOfItsOwn(help: String, hasSandbox: Bool) throws {
    let features = try EmulatorFeatures(banner: "QEMU emulator version 1", help: help)
    #expect(features.hasSandbox == hasSandbox)
  }
}
