// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
package import YAMLFiles

// Every key of a board file, and what is said of it: the decoders know no others.

enum BoardKey: String, DocumentedKey {
  case name, summary, architecture, cpu, devices
  case physicalRAM = "physical-ram"
  case layouts
  case deviceTree = "device-tree"
  case loader, kernel, defaults, sources

  static let place = ""
  var isRequired: Bool { ![.deviceTree, .loader, .kernel].contains(self) }

  var form: String {
    switch self {
    case .name: "the name of the file without .yaml: \(BoardName.rule)"
    case .summary: "a text"
    case .architecture: "arm64 or arm"
    case .cpu, .devices, .loader, .kernel, .defaults: "a mapping"
    case .physicalRAM: "a list of ranges"
    case .layouts: "a mapping, a key a layout"
    case .deviceTree: "a file's path from the board file's folder"
    case .sources: "a list of texts"
    }
  }

  var purpose: String {
    switch self {
    case .name: "what --board calls it"
    case .summary: "one line for 'cmalab boards'"
    case .architecture: "of the kernel; with arm the guest is 32-bit"
    case .cpu: "the guest's CPUs"
    case .devices: "where the guest sees its devices"
    case .physicalRAM:
      "where the hardware has RAM; a layout that claims more is booted with a warning"
    case .layouts: "the ways in which boot loaders hand that RAM over"
    case .deviceTree:
      "the board's own, which guests boot with; the layout's banks are its RAM, and the layout's regions come "
        + "beside its own"
    case .loader: "what puts kernel, initramfs and device tree into memory"
    case .kernel: "the board's own, by which predictions go where no option names one"
    case .defaults: "what is taken where the command line says nothing"
    case .sources: "where every other figure comes from"
    }
  }
}

enum LoaderKey: String, DocumentedKey {
  case name, kernel, initramfs
  case initramfsSize = "initramfs-size"
  case deviceTree = "device-tree"
  case bootmLow = "bootm-low"
  case bootmSize = "bootm-size"
  case initrdHigh = "initrd-high"
  case fdtHigh = "fdt-high"
  case keeps, end

  static let place = "loader"
  var isRequired: Bool { self == .name }

  /// The keys that each program has beside those of every loader.
  static let ofUBoot: [LoaderKey] = [.bootmLow, .bootmSize, .initrdHigh, .fdtHigh, .keeps]
  static let ofRaspberryPi: [LoaderKey] = [.end]

  var form: String {
    switch self {
    case .name: "u-boot, raspberry-pi or other"
    case .kernel, .initramfs, .deviceTree, .bootmLow: "an address"
    case .initramfsSize, .bootmSize: "a size"
    case .initrdHigh, .fdtHigh: "an address; all ones leave the file where it was loaded"
    case .keeps: "a range"
    case .end: "an address; raspberry-pi needs it"
    }
  }

  var purpose: String {
    switch self {
    case .name: "the program whose places are known"
    case .kernel, .initramfs, .deviceTree:
      "where it is, which overrides where the program would put it"
    case .initramfsSize: "what the board's own initramfs takes"
    case .bootmLow, .bootmSize, .initrdHigh, .fdtHigh: "U-Boot's variable of that name"
    case .keeps: "what U-Boot has for itself"
    case .end: "the end of the memory that the firmware fills from above"
    }
  }
}

enum BoardKernelKey: String, DocumentedKey {
  case release, arguments, config
  case imageSize = "image-size"
  case nodeData = "node-data"

  static let place = "kernel"
  var isRequired: Bool { false }

  var form: String {
    switch self {
    case .release, .arguments: "a text"
    case .config: "a file's path from the board file's folder"
    case .imageSize: "a size"
    case .nodeData: "a range"
    }
  }

  var purpose: String {
    switch self {
    case .release: "what 'uname -r' says"
    case .arguments:
      "its command line, of which guests get what gives, takes or bounds memory; not cma="
    case .config: "its .config; without one, predictions are of cmalab's own kernel"
    case .imageSize: "image_size of its header"
    case .nodeData: "where it says that NODE_DATA is: what is above that is taken"
    }
  }
}

enum CPUKey: String, DocumentedKey {
  case model, count

  static let place = "cpu"
  var isRequired: Bool { true }

  var form: String {
    switch self {
    case .model:
      "\(CPU.choice), and QEMU's properties of it after commas"
    case .count: "\(CPU.counts.lowerBound) to \(CPU.counts.upperBound)"
    }
  }

  var purpose: String {
    switch self {
    case .model: "what QEMU calls the CPU; of a 32-bit board, too, a 64-bit one"
    case .count: "how many there are"
    }
  }
}

enum DeviceKey: String, DocumentedKey {
  case gic, uart
  case dmaLimit = "dma-limit"

  static let place = "devices"
  var isRequired: Bool { self != .dmaLimit }

  var form: String {
    switch self {
    case .gic, .uart:
      "an address, a multiple of 2 MiB, of which no bank has the 2 MiB from there on"
    case .dmaLimit: "an address, a multiple of 4 KiB"
    }
  }

  var purpose: String {
    switch self {
    case .gic: "the interrupt controller, a GICv2"
    case .uart: "the serial port, a PL011"
    case .dmaLimit:
      "the first address that the board's devices do not reach; on 32-bit ARM the end of the machine's "
        + "dma_zone_size"
    }
  }
}

/// RAM that the hardware can have.
enum WindowKey: String, DocumentedKey {
  case base, size, hidden, source

  static let place = "physical-ram[], layouts.NAME.physical-ram[]"
  var isRequired: Bool { ![.hidden, .source].contains(self) }

  var form: String {
    switch self {
    case .base: RangeKey.base.form
    case .size: RangeKey.size.form
    case .hidden: "a size"
    case .source: "a text"
    }
  }

  var purpose: String {
    switch self {
    case .base: RangeKey.base.purpose
    case .size: RangeKey.size.purpose
    case .hidden:
      "RAM behind its end that the CPU does not see, as it is under registers or a secure world's; --ram "
        + "counts it"
    case .source: "who says so"
    }
  }
}

enum LayoutKey: String, DocumentedKey {
  case summary, banks
  case physicalRAM = "physical-ram"
  case reserved, memreserve

  static let place = "layouts.NAME"
  var isRequired: Bool { [.summary, .banks].contains(self) }

  var form: String {
    switch self {
    case .summary: "a text"
    case .banks: "a list of ranges that do not overlap"
    case .physicalRAM: "a list of ranges"
    case .reserved: "a list of regions"
    case .memreserve: "a list of ranges"
    }
  }

  var purpose: String {
    switch self {
    case .summary: "one line for 'cmalab boards show'"
    case .banks: "the RAM that /memory nodes declare"
    case .physicalRAM:
      "where the hardware of this layout has RAM, in place of the board's physical-ram"
    case .reserved: "children of /reserved-memory"
    case .memreserve: "entries of the tree's memory reservation block (/memreserve/)"
    }
  }
}

/// A bank, or an entry of /memreserve/.
enum RangeKey: String, DocumentedKey {
  case base, size

  static let place = "layouts.NAME.banks[], layouts.NAME.memreserve[]"
  var isRequired: Bool { true }

  var form: String {
    switch self {
    case .base: "an address: of a bank, a multiple of 4 KiB"
    case .size: "a size: of a bank, a multiple of 4 KiB"
    }
  }

  var purpose: String {
    switch self {
    case .base: "where it begins"
    case .size: "how much it is"
    }
  }
}

/// The words of `--region`.
enum RegionKey: String, DocumentedKey {
  case name, size, at, align, within, compatible, users, reusable
  case noMap = "no-map"
  case `default`

  static let place = "layouts.NAME.reserved[]"
  var isRequired: Bool { [.name, .size].contains(self) }

  var form: String {
    switch self {
    case .name: "a node's name without its unit address, letters first, at most 31 characters"
    case .size, .align: "a size"
    case .at: "an address"
    case .within: "START-END, the end inclusive, or START+SIZE, or a list of such"
    case .compatible: "a text, or a list of texts; 'none' for a node without the property"
    case .users: "\(RegionFields.userCounts.lowerBound) to \(RegionFields.userCounts.upperBound)"
    case .reusable, .noMap, .default: "true or false"
    }
  }

  var purpose: String {
    switch self {
    case .name: "the node"
    case .size: "of the region"
    case .at: "where it is (reg); without it the kernel finds a place"
    case .align: "what its place is a multiple of (alignment); not with 'at'"
    case .within: "where the kernel may place it (alloc-ranges); not with 'at'"
    case .compatible:
      "the property of that name; without it 'shared-dma-pool', a pool of the DMA API"
    case .users: "how many devices of the guest use it by memory-region"
    case .reusable: "the kernel lends it to movable pages: a CMA pool"
    case .noMap: "the kernel does not map it"
    case .default: "it is the default pool (linux,cma-default)"
    }
  }
}

enum DefaultKey: String, DocumentedKey {
  case layout, cma

  static let place = "defaults"
  var isRequired: Bool { self == .layout }

  var form: String {
    switch self {
    case .layout: "one of the layouts' names"
    case .cma: "a size"
    }
  }

  var purpose: String {
    switch self {
    case .layout: "the layout to take where --layout names none"
    case .cma: "the pool to ask for where nothing else asks for one; without it there is none"
    }
  }
}

extension Board {
  /// What a board file may say.
  package static let reference = FileReference(
    kind: "board", command: "boards reference",
    summary: """
      A board is a YAML file that is called as the board. Sizes and addresses are bytes, 0x… or K, M and \
      G; there are no anchors and aliases.
      """,
    example: """
      name: sample-board
      summary: a board with 1 GiB in two banks
      architecture: arm64
      cpu: { model: cortex-a53, count: 2 }
      devices: { gic: 0x38800000, uart: 0x30800000 }
      physical-ram:
        - { base: 0x40000000, size: 512M, source: "the board's manual, memory map" }
        - { base: 0x80000000, size: 512M, source: "the board's manual, memory map" }
      layouts:
        stock:
          summary: as the boot loader hands it over
          banks:
            - { base: 0x40000000, size: 512M }
            - { base: 0x80000000, size: 512M }
          reserved:
            - { name: firmware, at: 0x40000000, size: 2M, no-map: true, compatible: none }
      device-tree: sample-board.dtb
      loader: { name: u-boot, bootm-size: 256M }
      kernel: { release: 6.1.192, image-size: 32M }
      defaults: { layout: stock, cma: 64M }
      sources:
        - "devices: the board's device tree, rounded down to 2 MiB"
      """,
    mappings: [
      .init(BoardKey.self), .init(CPUKey.self), .init(DeviceKey.self), .init(WindowKey.self),
      .init(LayoutKey.self), .init(RangeKey.self), .init(RegionKey.self), .init(LoaderKey.self),
      .init(BoardKernelKey.self),
      .init(DefaultKey.self),
    ])
}
