// SPDX-License-Identifier: Apache-2.0

import Emulator
import KernelConsole
import MemoryRequests
import Observations
import Quantities
import Records
import Transcripts

/// Why a run is not a pass: one line each, in the kernel's words, with what to do next.
struct FailureReason {
  let request: RunRequest
  let predicted: PredictedRecord?
  let observations: Observations
  let regions: [RegionOutcome]
  /// Which setting was to make the default pool.
  let precedence: PoolPrecedence

  /// Of a check that fails.
  func cause(of check: Check) -> FailureCause {
    let isOfPool = [.pool(.total), .pool(.size), .pool(.winner)].contains(check.id)
    if isOfPool, let refusal = observations.cmaMessages.failed.first {
      return FailureCause(
        refusedPool: String(refusal.evidence.text.kernelMessage),
        complaints: observations.cmaMessages.complaints.map(\.kind), predicted: predicted,
        request: request.commandLinePool, intruders: intruders)
    }
    let own = regions.first { check.id == .region($0.node) }
    let lost = isOfPool ? regions.first { $0.kind == .refused } : nil
    if let outcome = own ?? lost, let cause = cause(of: outcome) { return cause }
    if check.id == .pool(.winner) {
      return FailureCause(
        "the default pool is \(check.observed)",
        because: ["expected \(precedence.explanation)", "expected \(precedence.statement)"],
        next: "cmalab predict, which tells the setting that wins")
    }
    if check.id == .pool(.total), precedence.way == .deviceTree,
      let first = observations.cmaMessages.reserved.first
    {
      return FailureCause(
        "\(first.evidence.text.kernelMessage), beside the node's pool: this kernel reserves Kconfig's "
          + "pool before it looks at linux,cma-default",
        because: ["expected \(check.expected), observed \(check.observed)"],
        next: "a kernel with CONFIG_CMA_SIZE_MBYTES=0")
    }
    let plain = "\(check.id): expected \(check.expected), observed \(check.observed)"
    if let word = limitingWord(of: check) {
      return FailureCause("\(check.id): '\(word)' on the command line", next: "drop '\(word)'")
    }
    guard let ignored = ignoredMemory(of: check) else { return FailureCause(plain) }
    return FailureCause("\(check.id): \(ignored.words)", next: ignored.next)
  }

  /// Of RAM that the guest does not have: what its kernel says of a bank that it cannot use.
  private func ignoredMemory(of check: Check) -> (words: String, next: String)? {
    guard check.id == .layout(.systemRAM) else { return nil }
    // Beyond the kernel's addresses (drivers/of/fdt.c, early_init_dt_add_memory_arch); beyond lowmem
    // without highmem (arch/arm/mm/mmu.c, adjust_lowmem_bounds).
    let remedies = [
      ("Ignoring memory block ", "a kernel with LPAE (--lpae)"),
      ("Ignoring RAM at ", "a kernel with CONFIG_HIGHMEM"),
    ]
    for message in observations.kernelLog.messages {
      for (start, next) in remedies {
        guard let range = message.text.firstRange(of: start) else { continue }
        return (String(message.text[range.lowerBound...]), next)
      }
    }
    return nil
  }

  /// What lies where `cma=` places its pool.
  private var intruders: [String] {
    guard let window = request.commandLinePool?.window else { return [] }
    let named = request.occupants.filter { $0.range.overlaps(window) }
      .map { "\($0.name) (\($0.range))" }
    guard named.isEmpty else { return named }
    return (observations.memblockReserved?.ranges ?? []).map(\.value)
      .filter { $0.overlaps(window) }.map(\.description)
  }

  /// Of a region that became nothing; nil where nothing says why.
  private func cause(of outcome: RegionOutcome) -> FailureCause? {
    // What explains comes before what only follows from it.
    let words =
      outcome.words.first { $0.id != KernelComplaint.ID.driverRefused.rawValue }
      ?? outcome.words.first
    guard words != nil || outcome.fault != nil else { return nil }
    let kind = words.flatMap { words in
      observations.cmaMessages.complaints.first { $0.evidence == words.source }?.kind
    }
    return FailureCause(
      refusedRegion: outcome.node, message: words.map { String($0.source.text.kernelMessage) },
      kind: kind, fault: outcome.fault, predicted: predicted, request: request.commandLinePool)
  }

  /// The parameter by which the guest has less than its board (Documentation/admin-guide,
  /// kernel-parameters.txt).
  private func limitingWord(of check: Check) -> String? {
    let names: [Check.ID: [String]] = [
      .layout(.systemRAM): ["mem", "memmap"], .layout(.memblock): ["mem", "memmap"],
      .guest(.cpus): ["maxcpus", "nr_cpus", "nosmp"],
    ]
    let parameters = KernelParameters(request.commandLine).all
    return parameters.first { parameter in
      names[check.id, default: []].contains(where: parameter.isNamed)
    }
    .map { String(decoding: $0.text, as: UTF8.self) }
  }

  /// Of a run that did not come to its end.
  func cause(of ending: Ending, _ outcome: EmulatorOutcome) -> FailureCause {
    let complaints = outcome.complaints.split(separator: "\n")
    let complaint = complaints.last.map { ": \($0)" } ?? ""
    let message = ending.line.kernelMessage.replacing(#/\.$/#, with: "")
    switch ending.kind {
    case .panicked:
      return dead("the guest panicked: \(message.replacing(Self.panic, with: ""))")
    case .oopsed: return dead("the guest's kernel reported a bug: \(message)")
    case .faulted:
      if let exceptionClass = ending.exceptionClass, !exceptionClass.isAbort {
        return FailureCause(
          "the guest did what the monitor does not allow, of \(exceptionClass): \(ending.line)")
      }
      return FailureCause(
        "the guest reached for memory that the board does not have: \(ending.line)",
        next: "cmalab lint, which looks at banks and regions")
    case .silent:
      return FailureCause(
        ending.line + complaint,
        because: [
          "no kernel for this board, or one without PL011 console and earlycon",
          "no kernel for this board?",
        ],
        next: "--kernel 6.12, to tell image from board")
    case .timedOut:
      return FailureCause(
        ending.line, because: ["console.log shows how far it came"],
        next: "a larger --timeout, on a slow machine")
    case .emulatorExited where complaints.contains(where: Self.isOfCPU):
      let words = complaints.first(where: Self.isOfCPU).map(String.init) ?? ending.line
      return FailureCause(words, next: "another cpu.model in the board file, as cortex-a72")
    case .emulatorExited where outcome.halt == .killed(signal: 9):
      return FailureCause(
        ending.line + complaint, because: ["if nobody killed it, this machine's memory ran out"],
        next: "run it again")
    case .emulatorExited:
      return FailureCause(
        ending.line + complaint, because: ["console.log shows how far the guest came"])
    case .interrupted: return FailureCause(ending.line, next: "run it again for a verdict")
    case .corrupted:
      return FailureCause(ending.line, next: "look at that line of console.log, and run again")
    case .completed: return FailureCause(ending.line)
    }
  }

  /// Whether QEMU says that it, or its machine, does not have the CPU: `CPU type … not supported`,
  /// `unable to find CPU model '…'`, `Invalid CPU model: …`, `Property 'cortex-a57-arm-cpu.…' not found`.
  private static func isOfCPU(_ complaint: Substring) -> Bool {
    ["CPU type ", "CPU model", "-arm-cpu"].contains(where: complaint.contains)
  }

  private static let panic = "Kernel panic - not syncing: "

  private func dead(_ what: String) -> FailureCause {
    FailureCause(dead: what, predicted: predicted, request: request.commandLinePool)
  }
}

extension RunRequest {
  /// What was put into RAM before the guest was started, by name.
  fileprivate var occupants: [(name: String, range: PhysicalRange)] {
    let placed: [(String, PhysicalRange?)] =
      [
        ("the kernel", placement?.kernel), ("the initramfs", placement?.initramfs),
        ("the device tree", placement?.deviceTree),
      ]
      + regions.map { region in
        ("'\(region.node)'", region.base.flatMap { PhysicalRange(start: $0, size: region.bytes) })
      } + memoryReservations.map { ("/memreserve/", $0) }
    return placed.compactMap { name, range in range.map { (name, $0) } }
  }
}
