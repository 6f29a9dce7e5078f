// SPDX-License-Identifier: Apache-2.0

// Boards: where a board has RAM, as a person wrote it down in one YAML file, decoded into values
// that are already checked. Nothing below this target reads YAML, and nothing here knows of device
// trees, kernels or the emulator.

package import Quantities
package import SystemPackage

/// A board as its file describes it.
///
/// Every rule of the file has been checked by the time it exists.
package struct Board: Hashable, Sendable {
  /// The file's stem: `arm64-4g`.
  package let name: String
  /// One line for `cmalab boards`.
  package let summary: String
  package let architecture: Architecture
  package let cpu: CPU
  /// At least one, in the order of the file, names unique.
  package let layouts: [BoardLayout]
  package internal(set) var devices: DeviceWindows
  package let defaults: BoardDefaults
  /// Its own device tree; nil for one that cmalab makes.
  package let deviceTree: FilePath?
  /// Nil where nothing is known of it: then kernel, initramfs and tree lie together, low in RAM.
  package let loader: BoardLoader?
  /// What it runs; nil where nothing is known of it.
  package let kernel: BoardKernel?
  /// Where the figures come from, one sentence each.
  package let sources: [String]

  /// The layout of that name, or the board's default layout for nil.
  package func layout(named name: String?) throws(UnknownLayout) -> BoardLayout {
    let wanted = name ?? defaults.layout
    guard let layout = layouts.first(where: { $0.name == wanted }) else {
      throw UnknownLayout(name: wanted, board: self.name, known: layouts.map(\.name))
    }
    return layout
  }
}

/// What `-cpu` and `-smp` are given.
package struct CPU: Hashable, Sendable {
  /// A QEMU CPU model with its properties: `cortex-a57`, `max,pauth=off,lpa2=off`.
  package let model: String
  /// How many, within ``counts``.
  package let count: Int

  package static let counts = CPUCounts.ofGICv2

  /// The models that a guest runs on: the 64-bit cores with EL2 of QEMU's machine virt, as the monitor is
  /// 64-bit also where the guest is 32-bit (hw/arm/virt.c, valid_cpus).
  static let models = [
    "cortex-a35", "cortex-a53", "cortex-a57", "cortex-a72", "cortex-a76", "a64fx", "neoverse-n1",
    "max",
  ]

  /// Those that QEMU 7.2 does not have.
  static let laterModels = ["cortex-a55", "cortex-a710", "neoverse-n2", "neoverse-v1"]

  /// All of them, for whoever has to choose.
  static var choice: String {
    "one of \(models.joined(separator: ", ")), or with a QEMU later than 7.2 "
      + laterModels.joined(separator: ", ")
  }
}

/// A place where the hardware can have RAM.
package struct RAMWindow: Hashable, Sendable {
  package let range: PhysicalRange
  /// RAM that is fitted behind its end, and that the CPU does not see: a secure world's, or under registers.
  package let hidden: ByteCount
  /// Who says so; nil where the file does not tell.
  package let source: String?
}

/// Where the guest finds its devices: 2 MiB each, 2 MiB aligned, clear of every bank.
package struct DeviceWindows: Hashable, Sendable {
  /// The GICv2: its distributor and CPU interface.
  package let gic: PhysicalRange
  /// The PL011 that carries the console.
  package let uart: PhysicalRange
  /// The first address that some device of the board cannot reach; nil where all reach all of RAM.
  package let dmaLimit: PhysicalAddress?

  /// One stage-2 block (VMSAv8-64, 4 KiB granule, level 2): devices are mapped in whole blocks.
  package static let size = ByteCount.mebibytes(2)
}

/// What is taken where the command line says nothing.
package struct BoardDefaults: Hashable, Sendable {
  /// The name of one of the board's layouts.
  package let layout: String
  /// The pool to ask for with `cma=`; nil for none.
  package let cma: ByteCount?
}
