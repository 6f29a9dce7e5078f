// SPDX-License-Identifier: Apache-2.0

// QEMU: the argument vector, computed without side effects, and the run under it. This target
// takes files and numbers and knows nothing of boards, kernels or what the console says.

package import Quantities
package import SystemPackage

/// A QEMU machine to start, down to the last byte that is loaded into it.
package struct EmulatedMachine: Hashable, Sendable {
  /// A file placed in memory before the first instruction (QEMU's generic loader).
  package struct LoadedFile: Hashable, Sendable {
    package let file: FilePath
    /// Where its first byte goes, in the machine's own address space.
    package let address: PhysicalAddress
    /// Whether the boot CPU starts at that address.
    package let isEntry: Bool

    package init(file: FilePath, address: PhysicalAddress, isEntry: Bool = false) {
      self.file = file
      self.address = address
      self.isEntry = isEntry
    }
  }

  /// Where a guest's serial console goes.
  package enum Console: Hashable, Sendable {
    /// QEMU's standard output, for a program that keeps it.
    case output
    /// The terminal that QEMU is on; Ctrl-C ends QEMU.
    case terminal
    /// The same for one who types: the guest gets Ctrl-C, and Ctrl-A x ends QEMU.
    /// What is said stays in the log.
    case shell(log: FilePath)
  }

  /// QEMU's `-cpu` value.
  package let cpuModel: String
  package let cpuCount: Int
  /// RAM from 0x40000000 up, a whole number of MiB.
  package let memory: ByteCount
  package let loadedFiles: [LoadedFile]

  package init(
    cpuModel: String, cpuCount: Int, memory: ByteCount, loadedFiles: [LoadedFile]
  ) {
    self.cpuModel = cpuModel
    self.cpuCount = cpuCount
    self.memory = memory
    self.loadedFiles = loadedFiles
  }
}

extension EmulatedMachine {
  /// The arguments for `qemu-system-aarch64` (QEMU's system emulation manual, "Invocation").
  ///
  /// No `-kernel`: with it QEMU would write its own memory into the device tree. No default
  /// device, no network, no display; a guest that asks for a reset ends the run.
  ///
  /// - Parameters:
  ///   - features: what the QEMU at hand can do beyond the oldest that is supported.
  ///   - console: where the guest's serial console goes.
  ///   - debugSocket: where the machine waits for a debugger before its first instruction; nil for
  ///     one that starts at once.
  package func arguments(
    for features: EmulatorFeatures, console: Console = .output, debugSocket: FilePath? = nil
  ) -> [String] {
    var arguments = [
      "-machine", "virt,virtualization=on,gic-version=2,memory-backend=ram",
      "-accel", "tcg",
      "-cpu", cpuModel,
      "-smp", "\(cpuCount)",
      "-m", "\(memory.wholeMebibytes)M",
      // A board may have more RAM than this host: what the guest never touches costs nothing.
      "-object", "memory-backend-ram,id=ram,size=\(memory.wholeMebibytes)M,reserve=off",
      "-nodefaults", "-no-user-config", "-no-reboot",
      "-display", "none",
      "-monitor", "none",
      "-chardev", characterDevice(console),
      "-serial", "chardev:console",
    ]
    if features.hasSandbox {
      arguments += [
        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
      ]
    }
    for loaded in loadedFiles {
      var device = "loader,file=\(Self.escaped(loaded.file)),addr=\(loaded.address),force-raw=on"
      if loaded.isEntry { device += ",cpu-num=0" }
      arguments += ["-device", device]
    }
    if let debugSocket {
      let socket = "socket,id=debugger,path=\(Self.escaped(debugSocket)),server=on,wait=off"
      arguments += ["-S", "-chardev", socket, "-gdb", "chardev:debugger"]
    }
    return arguments
  }

  private func characterDevice(_ console: Console) -> String {
    switch console {
    case .output: "stdio,id=console,signal=off"
    case .terminal: "stdio,id=console,signal=on"
    // The multiplexer is what knows Ctrl-A x.
    case .shell(let log): "stdio,id=console,signal=off,mux=on,logfile=\(Self.escaped(log))"
    }
  }

  /// In QEMU's option lists a comma that belongs to a value is written twice.
  private static func escaped(_ path: FilePath) -> String {
    // By scalars: a comma with a combining mark behind it is still QEMU's comma.
    path.string.unicodeScalars.reduce(into: "") { escaped, scalar in
      escaped.unicodeScalars.append(scalar)
      if scalar == "," { escaped.unicodeScalars.append(scalar) }
    }
  }
}
