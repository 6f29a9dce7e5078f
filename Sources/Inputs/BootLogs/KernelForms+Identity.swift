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
        if let target = compilerTarget(line.text) {
          draft.note(compilerTarget: target, line)
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
      // kernel/smp.c, smp_init; before 5.4 of arm alone, arch/arm/kernel/smp.c.
      KernelForm("smp: Brought up %d node%w %d CPU%*") { draft, captures, line in
        draft.boot.cpuCount = captures.number(2).map { Logged($0, line) }
      },
      KernelForm("Brought up %d CPUs%*") { draft, captures, line in
        draft.boot.cpuCount = captures.number(0).map { Logged($0, line) }
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
    sign("CPU: AArch64 Processor %*", .arm64),
    sign("Boot CPU: AArch64 Processor %*", .arm64),
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
    other("riscv: %*", "riscv"), other("SBI specification v%*", "riscv"),
    other("BIOS-provided physical RAM map:%*", "x86"), other("BIOS-e820: %*", "x86"),
    other("x86/%*", "x86"), other("KERNEL supported cpus:%*", "x86"),
    other("Command line: %*", "x86"),
    other("MIPS: machine is %*", "mips"), other("CPU0 revision is: %*", "mips"),
  ]

  private static func other(_ text: String, _ name: String) -> KernelForm {
    KernelForm(text) { draft, _, line in
      if draft.boot.otherArchitecture == nil { draft.boot.otherArchitecture = Logged(name, line) }
    }
  }

  private static func sign(_ text: String, _ architecture: Architecture) -> KernelForm {
    KernelForm(text) { draft, _, line in
      draft.add(.init(architecture: architecture, isCertain: true), line, to: \.signs)
    }
  }

  /// `aarch64` of `(aarch64-linux-gnu-gcc (GCC) …)`: what the compiler makes code for; nil where its
  /// name does not say it.
  private static func compilerTarget(_ banner: String) -> Substring? {
    let words = banner.split { $0 == " " || $0 == "(" || $0 == ")" }
    let compiler = words.first { $0.hasSuffix("-gcc") && $0.contains("-linux") }
    return compiler?.prefix { $0 != "-" }
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

extension BootDraft {
  fileprivate func note(compilerTarget target: Substring, _ line: LogLine) {
    if target == "aarch64" {
      add(.init(architecture: .arm64, isCertain: true), line, to: \.signs)
    } else if target.hasPrefix("arm") {
      add(.init(architecture: .arm, isCertain: true), line, to: \.signs)
    } else if ["riscv", "mips", "x86_64", "i686", "loongarch", "powerpc"].contains(where: {
      target.hasPrefix($0)
    }), boot.otherArchitecture == nil {
      boot.otherArchitecture = Logged(String(target), line)
    }
  }
}
