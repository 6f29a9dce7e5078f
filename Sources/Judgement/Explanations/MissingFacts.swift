// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
package import Records

/// What a log does not have, each with the command that shows it on the board; busybox has them all.
package struct MissingFacts {
  package typealias Missing = ExplainedBoot.Missing

  package let list: [Missing]

  package init(_ view: BoardView) {
    let boot = view.boot
    var list: [Missing] = []
    func note(_ isMissing: Bool, _ what: String, _ command: String) {
      if isMissing { list.append(Missing(what: what, command: command)) }
    }
    note(boot.release == nil, "the kernel's release", "uname -r")
    note(
      boot.machine == nil && boot.efi == nil, "the board's name",
      "cat /sys/firmware/devicetree/base/model")
    note(view.banks == nil, "where RAM is", "cat /proc/iomem    # as root")
    note(
      boot.banks == nil && view.banks != nil,
      "RAM by the kernel's own lines (it is the device tree's here)",
      "dmesg | grep -A9 'Early memory'")
    note(boot.pageSize == nil, "the page size", "getconf PAGESIZE")
    note(
      boot.commandLine?.value.isWhole != true,
      "the whole command line, and so who asked for a pool",
      "cat /proc/cmdline")
    note(
      view.pools.contains { $0.pool.outcome == .reserved && $0.pool.base == nil },
      "where a pool is", "dmesg | grep -iE 'cma|reserved mem'")
    note(boot.memory?.value.pools == nil, "how much all pools have", "grep Cma /proc/meminfo")
    note(
      view.tree == nil && view.pools.contains { $0.pool.kind == .deviceTree },
      "the device tree (then: cmalab explain LOG --dtb board.dtb)", "cp /sys/firmware/fdt board.dtb"
    )
    note(
      boot.loader.deviceTree == nil && view.banks != nil,
      "where the boot loader put device tree and ramdisk",
      "dmesg from the serial console, its lines before 'Starting kernel'")
    note(
      boot.failures.contains { $0.freePages == nil },
      "how full the pool was", "grep Cma /proc/meminfo; cat /sys/kernel/debug/cma/*/used")
    note(
      boot.pools.isEmpty && boot.memory?.value.pools != .zero, "the lines in which pools are told",
      "dmesg | grep -iE 'cma|reserved mem'")
    note(
      view.untoldPools != nil,
      "the pools that have the other \((view.untoldPools ?? .zero).asKernelWrites) of CmaTotal",
      "ls /sys/kernel/debug/cma /sys/kernel/mm/cma")
    if let line = boot.unread.first, boot.pools.isEmpty {
      note(
        true, "what line \(line.number) says of CMA, in words that are not known here",
        "grep Cma /proc/meminfo")
    }
    if let line = boot.garbled.first {
      note(
        true, "a clean capture: some lines are garbled (the first one is line \(line.number))",
        "dmesg")
    }
    self.list = list
  }
}
