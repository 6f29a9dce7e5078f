// SPDX-License-Identifier: Apache-2.0
import Quantities

extension KernelForm {
  /// Which kernel runs on what.
  static let ofIdentity: [KernelForm] =
    [
      // init/main.c, linux_banner.
      KernelForm("Linux version %w %*") { draft, captures, line in
        let release = captures.text(0)
        guard release.first?.isWholeNumber == true else { return }
        draft.boot.release = Logged(release, line)
        if let architecture = Architecture(release: release) {
          draft.add(.init(architecture: architecture, isCertain: true), line, to: \.signs)
        }
        if let size = pageSize(release: release) { draft.add(size, line, to: \.pageSizes) }
      },
      // drivers/of/fdt.c and arch/arm/kernel/setup.c, setup_machine_tags.
      KernelForm("Machine model: %t") { draft, captures, line in
        draft.boot.machine = Logged(captures.text(0), line)
      },
      KernelForm("Machine: %t") { draft, captures, line in
        if draft.boot.machine == nil { draft.boot.machine = Logged(captures.text(0), line) }
      },
      KernelForm("efi: EFI v%t") { draft, captures, line in
        draft.boot.efi = Logged(captures.text(0), line)
      },
      // fs/dcache.c by way of mm/mm_init.c, alloc_large_system_hash.
      KernelForm("Dentry cache hash table entries: %d (order: %d, %d bytes%*") {
        draft, captures, line in
        guard let order = captures.number(1), let bytes = captures.number(2), order < 20,
          let size = PageSize(bytes: bytes >> order)
        else { return }
        draft.add(size, line, to: \.pageSizes)
      },
    ] + signs

  /// Messages that one architecture prints and the other does not.
  private static let signs: [KernelForm] = [
    sign("Memory policy: %*", .arm),
    sign("CPU: Testing write buffer coherency: %*", .arm),
    sign("CPU: ARMv%*", .arm),
    sign("CPU: PIPT / %*", .arm),
    sign("CPU: VIPT %*", .arm),
    sign("CPU: All CPU(s) started in %*", .arm),
    sign("Setting up static identity map for %*", .arm),
    sign("Consider using a HIGHMEM enabled kernel.%*", .arm),
    sign("HighMem zone: %*", .arm),
    sign("HighMem %*", .arm),
    sign("Booting Linux on physical CPU 0x0000%*", .arm64),
    sign("Detected VIPT I-cache on %*", .arm64),
    sign("Detected PIPT I-cache on %*", .arm64),
    sign("CPU features: detected%*", .arm64),
    sign("CPU: All CPU(s) started at EL%*", .arm64),
    sign("KASLR %*", .arm64),
    sign("DMA32 zone: %*", .arm64),
  ]

  private static func sign(_ text: String, _ architecture: Architecture) -> KernelForm {
    KernelForm(text) { draft, _, line in
      draft.add(.init(architecture: architecture, isCertain: true), line, to: \.signs)
    }
  }

  /// Of a name as `6.12.10-v8-16k+` or `6.8.0-31-generic-64k`.
  private static func pageSize(release: String) -> PageSize? {
    let parts = release.split { !($0.isLetter || $0.isNumber) }
    let told = parts.compactMap { PageSize(rawValue: String($0)) }
    return told.count == 1 ? told[0] : nil
  }
}

extension Architecture {
  /// What a distribution's name of a kernel says; nil where it says nothing.
  init?(release: String) {
    func has(_ words: [String]) -> Bool { words.contains { release.contains($0) } }
    if has(["aarch64", "arm64"]) {
      self = .arm64
    } else if has(["armmp", "armhf", "armv7", "armv6", "-v7"]) {
      self = .arm
    } else {
      return nil
    }
  }
}
