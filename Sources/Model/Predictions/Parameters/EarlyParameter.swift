// SPDX-License-Identifier: Apache-2.0

/// What is known of each parameter that a kernel reads before it shares out its memory: those of
/// early_param() (include/linux/init.h) in arm64, arm and what both have in common, on every line.
///
/// A source tree says which it has (``KernelSource/earlyParameters``). One that stands in no list is of a
/// kernel that nobody has looked at: nothing is predicted with it.
enum EarlyParameter {
  /// A parameter that changes what the pools get.
  struct Change: Sendable {
    let name: [UInt8]
    /// The only value that does; nil where each does.
    let value: [UInt8]?

    init(_ name: String, only value: String? = nil) {
      self.name = Array(name.utf8)
      self.value = value.map { Array($0.utf8) }
    }

    /// - Parameter word: `NAME` or `NAME=VALUE`; hyphens and underscores are equal (kernel/params.c,
    ///   parameq).
    func isMade(by word: ArraySlice<UInt8>) -> Bool {
      guard word.count >= name.count else { return false }
      for (given, known) in zip(word, name) where given != known {
        guard Self.isHyphen(given), Self.isHyphen(known) else { return false }
      }
      let rest = word.dropFirst(name.count)
      guard let first = rest.first else { return value == nil }
      return first == UInt8(ascii: "=") && (value.map(rest.dropFirst().elementsEqual) ?? true)
    }

    private static func isHyphen(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
  }

  /// Whether a parameter stands in one of the lists.
  static func isKnown(_ name: String) -> Bool {
    modelled.contains(name) || harmless.contains(name)
      || unmodelled.contains { $0.name.elementsEqual(name.utf8) }
  }

  /// The model goes by them.
  static let modelled = ["cma", "crashkernel", "mem", "vmalloc"]

  /// They give memory to others, take it away, or cut it into other pieces, before the pools or with
  /// them, in a way that is not modelled: nothing is predicted with them.
  static let unmodelled =
    // Pools of their own, which count in CmaTotal.
    [
      Change("cma_pernuma"), Change("hugetlb_cma"), Change("hugetlb_cma_only"), Change("numa_cma"),
      Change("rproc_mem"),
    ]
    // Reserved before the pools: mm/memtest.c (what it finds bad), drivers/base/arch_numa.c and
    // mm/numa_emulation.c, arch/arm64/kvm/pkvm.c, kernel/liveupdate/kexec_handover.c,
    // kernel/crash_dump.c; an initramfs elsewhere than the device tree says (init/do_mounts_initrd.c).
    + [
      Change("elfcorehdr"), Change("initrd"), Change("initrdmem"), Change("kho"),
      Change("kho_scratch"), Change("kvm-arm.mode", only: "protected"), Change("liveupdate"),
      Change("memtest"), Change("numa"), Change("reserve_mem"),
    ]
    // Page tables: whether the linear map has blocks (arch/arm64/mm/mmu.c, can_set_direct_map).
    + [Change("debug_pagealloc"), Change("kfence.sample_interval"), Change("rodata")]
    // Memory from below, and zones that a pool cannot cross (mm/mm_init.c).
    + [Change("kernelcore"), Change("movable_node"), Change("movablecore")]
    // A memory map that the device tree does not have.
    + [Change("acpi"), Change("efi")]

  /// They leave the pools alone.
  static let harmless =
    ofMessages + ofProcessors + ofAllocators + ofMappings + ofDevices + ofFirmware + ofChecks
    + ofOtherMachines

  /// What is printed, and where: no memory of memblock is taken for it before the pools.
  private static let ofMessages = [
    "boot_delay", "console", "debug", "debug_boot_weak_hash", "early_ioremap_debug", "earlycon",
    "earlyprintk", "ekgdboc", "hash_pointers", "hostname", "ignore_loglevel", "keep_bootcon",
    "kgdbcon",
    "kgdbdbgp", "kgdboc_earlycon", "kgdbwait", "loglevel", "memblock", "mminit_loglevel",
    "no_hash_pointers", "nokgdbroundup", "quiet", "sched_debug", "sched_verbose", "xen_console_io",
  ]

  /// CPUs, their workarounds and clocks. The areas of each CPU are allocated behind setup_arch.
  private static let ofProcessors = [
    "allow_mismatched_32bit_el0", "arm_si_l1_workaround_4311569",
    "clocksource.arm_arch_timer.evtstrm", "cpuhp.parallel", "idle", "irqchip.gicv2_force_probe",
    "irqchip.gicv3_nolpi", "irqchip.gicv3_pseudo_nmi", "kpti", "kvm-arm.mode",
    "kvm-arm.vgic_v3_common_trap", "kvm-arm.vgic_v3_group0_trap", "kvm-arm.vgic_v3_group1_trap",
    "kvm-arm.vgic_v4_enable", "kvm-arm.wfe_trap_policy", "kvm-arm.wfi_trap_policy", "maxcpus",
    "mitigations", "no-steal-acc", "nodebugmon", "nopvspin", "nosmp", "nosmt", "nospectre_bhb",
    "nospectre_v2", "nr_cpus", "rcu_nocb_poll", "skew_tick", "ssbd", "thread_backlog_napi",
    "threadirqs",
  ]

  /// Allocators that begin behind the pools, in mm_core_init or later: what they take is taken of what
  /// the pools leave.
  private static let ofAllocators = [
    "check_pages", "coherent_pool", "debug_guardpage_minorder", "debug_objects",
    "default_hugepagesz", "early_page_ext", "hugepages", "hugepagesz", "hugetlb_free_vmemmap",
    "init_on_alloc", "init_on_free", "kmemleak", "log_buf_len", "no_debug_objects", "page_owner",
    "page_poison", "page_table_check", "percpu_alloc", "stack_depot_disable",
    "stack_depot_max_pools", "swiotlb", "sysctl.vm.mem_profiling",
  ]

  /// Attributes and places of virtual addresses; page tables are as many as without them.
  private static let ofMappings = [
    "cachepolicy", "ecc", "nocache", "nohugeiomap", "nohugevmalloc", "nokaslr", "nowb",
    "randomize_kstack_offset",
  ]

  /// Devices, whose drivers begin with the initcalls.
  private static let ofDevices = [
    "debugfs", "fw_devlink", "fw_devlink.strict", "fw_devlink.sync_state", "intremap",
    "iommu.debug_pagealloc", "iommu.forcedac", "iommu.passthrough", "iommu.strict",
    "irqchip.riscv_imsic_noipi", "lsmsi", "nointremap", "ohci1394_dma", "pci", "rockchip.usb_uart",
    "sysfs.deprecated",
  ]

  /// ACPI's tables and EFI's memory, of which a kernel that boots by a device tree reads nothing.
  private static let ofFirmware = [
    "accept_memory", "acpi_apic_instance", "acpi_force_32bit_fadt_addr",
    "acpi_force_table_verification", "acpi_no_static_ssdt", "acpi_rsdp", "efi_fake_mem", "noefi",
  ]

  /// Checks, faults and what is forbidden: nothing but their flags is set so early.
  private static let ofChecks = [
    "bootconfig", "debug_non_panic_cpus", "dmcryptkeys", "ipcmni_extend", "kasan", "kasan.fault",
    "kasan.mode", "kasan.page_alloc.sample", "kasan.page_alloc.sample.order",
    "kasan.stack_ring_size", "kasan.stacktrace", "kasan.vmalloc", "kasan.write_only",
    "kfence.fault",
    "lockdown", "oops", "panic_force_cpu", "panic_on_taint", "proc_mem.force_override",
    "random.trust_bootloader", "random.trust_cpu",
  ]

  /// Other architectures, and boards of 32-bit ARM whose code takes no memory for them.
  private static let ofOtherMachines = [
    "amd_dynamic_epp", "amd_prefcore", "amd_pstate", "atmel.pm_modes", "balloon3_features",
    "con3215_drop",
    "intel_pstate", "mem_fclk_21285", "vmcp_cma",
  ]
}
