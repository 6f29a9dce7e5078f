// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
package import Emulator
package import GuestImages
package import HostFiles
import Quantities
package import SystemPackage

/// A guest that is ready to start: a machine, and the files that it is loaded from.
package struct AssembledGuest: Sendable {
  /// A file that the guest is loaded from.
  package enum Content: Sendable {
    case bytes([UInt8])
    /// Kept elsewhere, by whoever made it, and linked into the guest's folder.
    case kept(FilePath)
    /// A user's own, which stays where it is.
    case external(FilePath)
  }

  package let placed: PlacedGuest
  package let machine: EmulatedMachine
  private let contents: [(name: String, content: Content)]

  /// - Parameters:
  ///   - monitor: its assembled code.
  ///   - kernel: what is loaded at the placed guest's entry.
  ///   - initramfs: of the size that the guest was laid out for.
  /// - Throws: `GuestImageError`.
  package init(
    _ placed: PlacedGuest, monitor: [UInt8], kernel: Content, initramfs: Content
  ) throws(GuestImageError) {
    self.placed = placed
    let design = placed.design
    if design.architecture == .arm {
      for (what, address) in [("kernel", placed.entry), ("device tree", placed.deviceTree.start)]
      where address.value >> 32 > 0 {
        throw .beyond32Bits(what, address)
      }
    }
    let memory = MachineMemory(banks: design.banks)
    let image = try MonitorImage(
      code: monitor, memory: memory,
      devices: [
        .init(window: design.bus.gic, machineStart: MonitorImage.machineGIC),
        .init(window: design.bus.uart, machineStart: MonitorImage.machineUART),
      ],
      architecture: design.architecture, cpuCount: design.cpuCount, entry: placed.entry,
      deviceTree: placed.deviceTree.start)
    let files: [(name: GuestFile, content: Content, address: PhysicalAddress?)] = [
      (.monitor, .bytes(image.bytes), MachineMemory.monitorStart),
      (.kernel, kernel, memory.machineAddress(of: placed.entry)),
      (.initramfs, initramfs, memory.machineAddress(of: placed.initramfs.start)),
      (.deviceTree, .bytes(placed.blob), memory.machineAddress(of: placed.deviceTree.start)),
    ]
    machine = EmulatedMachine(
      cpuModel: placed.cpu.model, cpuCount: design.cpuCount, memory: memory.size,
      loadedFiles: files.compactMap { name, content, address in
        address.map {
          .init(file: content.file(called: name), address: $0, isEntry: name == .monitor)
        }
      })
    contents = files.map { ($0.name.rawValue, $0.content) }
  }

  /// Puts the files that the guest is loaded from into its folder.
  package func write(to folder: FilePath) throws(HostFileError) {
    for (name, content) in contents {
      switch content {
      case .bytes(let bytes): try HostFile.write(bytes, to: folder.appending(name))
      case .kept(let file): try HostFile.linkOrCopy(file, to: folder.appending(name))
      case .external: break
      }
    }
  }
}

extension AssembledGuest.Content {
  /// What QEMU is told, in the guest's folder.
  fileprivate func file(called name: GuestFile) -> FilePath {
    switch self {
    case .bytes, .kept: FilePath(name.rawValue)
    case .external(let path): path
    }
  }
}
