// SPDX-License-Identifier: Apache-2.0

/// A message with which a kernel says that it is broken.
package struct KernelDistress: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// It has stopped.
    case panic
    /// It did what no kernel may, and hangs or goes on without what was at it.
    case oops
    /// It goes on, with a fault of its own that one of its checks has found.
    case report
  }

  package let kind: Kind
  /// The whole message, from its start.
  package let pattern: MessagePattern
  /// The kernel file and function that says it.
  package let origin: String

  /// What a message says; nil for one of a kernel that is well.
  package init?(in message: Substring) {
    guard let sign = Self.all.first(where: { $0.pattern.captures(in: message) != nil }) else {
      return nil
    }
    self = sign
  }

  private init(_ kind: Kind, _ pattern: MessagePattern, origin: String) {
    self.kind = kind
    self.pattern = pattern
    self.origin = origin
  }
}

extension KernelDistress {
  /// What a dying kernel says first; nothing of a run comes after it.
  package static let panicWords = "Kernel panic - not syncing"

  /// With what a kernel begins that says that it has stopped, or did what no kernel may: nothing of a
  /// run that comes after it can be relied on.
  package static let deathWords = Set(all.filter { $0.kind != .report }.map(\.pattern.head))
    .sorted()

  /// Words of which every sign begins with one, as few as there can be.
  package static let heads: [String] = {
    let heads = Set(all.map(\.pattern.head))
    return heads.filter { head in !heads.contains { $0 != head && has($0, in: head) } }.sorted()
  }()

  /// By bytes: by characters it takes a millisecond of each run.
  private static func has(_ words: String, in head: String) -> Bool {
    var rest = head.utf8[...]
    while !rest.isEmpty {
      if rest.starts(with: words.utf8) { return true }
      rest.removeFirst()
    }
    return false
  }

  package static let all: [KernelDistress] =
    [KernelDistress(.panic, "Kernel panic - not syncing*", origin: "kernel/panic.c, panic")]
    + ofFaults + ofWarnings + ofCheckers + ofWatchdogs

  /// Of a kernel that did what no kernel may.
  private static let ofFaults = [
    KernelDistress(.oops, "Internal error: *", origin: "arch/arm64/kernel/traps.c, die"),
    KernelDistress(.oops, "Unable to handle kernel *", origin: "arch/arm64/mm/fault.c"),
    KernelDistress(.oops, "kernel BUG at *", origin: "lib/bug.c, report_bug"),
    KernelDistress(.oops, "Unhandled fault: *", origin: "arch/arm/mm/fault.c, do_DataAbort"),
    KernelDistress(
      .oops, "Unhandled prefetch abort: *", origin: "arch/arm/mm/fault.c, do_PrefetchAbort"),
    KernelDistress(.oops, "Bad mode in *", origin: "arch/arm64/kernel/traps.c, bad_mode (5.10)"),
    KernelDistress(
      .oops, "Unhandled * exception on CPU*",
      origin: "arch/arm64/kernel/entry-common.c, __panic_unhandled"),
    KernelDistress(
      .oops, "SError Interrupt on CPU*", origin: "arch/arm64/kernel/traps.c, arm64_serror_panic"),
    KernelDistress(
      .oops, "Insufficient stack space to handle exception!*",
      origin: "arch/arm64/kernel/traps.c, panic_bad_stack"),
    KernelDistress(.oops, "BUG: Bad page state*", origin: "mm/page_alloc.c, bad_page"),
  ]

  /// WARN() and what is reported in its manner.
  private static let ofWarnings = [
    // Of lockdep, RCU and WARN(): `WARNING: CPU: 0 PID: 1 at mm/cma.c:180 cma_alloc+0x10/0x20`.
    KernelDistress(
      .report, "WARNING: *", origin: "kernel/panic.c, __warn; kernel/locking/lockdep.c"),
    KernelDistress(
      .report, "INFO: trying to register non-static key.*",
      origin: "kernel/locking/lockdep.c, register_lock_class"),
    KernelDistress(.report, "refcount_t: *", origin: "lib/refcount.c, refcount_warn_saturate"),
    KernelDistress(.report, "list_add *corruption*", origin: "lib/list_debug.c, __list_add_valid"),
    KernelDistress(
      .report, "list_del corruption*", origin: "lib/list_debug.c, __list_del_entry_valid"),
  ]

  /// What looks after the kernel's memory and locks.
  private static let ofCheckers = [
    // KASAN, KFENCE, KCSAN, sleeping in atomic context, locks with a bad magic.
    KernelDistress(
      .report, "BUG: *",
      origin: "mm/kasan/report.c; kernel/locking/spinlock_debug.c"),
    KernelDistress(.report, "BUG * (*): *", origin: "mm/slub.c, slab_bug"),
    KernelDistress(.report, "UBSAN: *", origin: "lib/ubsan.c, ubsan_prologue"),
    KernelDistress(.report, "usercopy: *", origin: "mm/usercopy.c, usercopy_abort"),
    KernelDistress(.report, "ODEBUG: *", origin: "lib/debugobjects.c, debug_print_object"),
  ]

  /// Of a kernel that does not get on.
  private static let ofWatchdogs = [
    KernelDistress(
      .report, "INFO: task * blocked for more than *", origin: "kernel/hung_task.c, check_hung_task"
    ),
    KernelDistress(
      .report, "INFO: * self-detected stall on CPU*",
      origin: "kernel/rcu/tree_stall.h, print_cpu_stall"),
    KernelDistress(
      .report, "rcu: INFO: * self-detected stall on CPU*",
      origin: "kernel/rcu/tree_stall.h, print_cpu_stall"),
    KernelDistress(
      .report, "INFO: * detected stalls on CPUs/tasks*",
      origin: "kernel/rcu/tree_stall.h, print_other_cpu_stall"),
    KernelDistress(
      .report, "rcu: INFO: * detected *stalls on CPUs/tasks*",
      origin: "kernel/rcu/tree_stall.h, print_other_cpu_stall"),
    KernelDistress(
      .report, "rcu: rcu_* kthread starved for *",
      origin: "kernel/rcu/tree_stall.h, rcu_check_gp_kthread_starvation"),
    KernelDistress(.report, "watchdog: BUG: *", origin: "kernel/watchdog.c, watchdog_timer_fn"),
  ]
}
