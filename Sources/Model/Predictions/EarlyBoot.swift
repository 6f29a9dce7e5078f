// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

/// A kernel's way through its early memory, step by step: what is the same on every architecture.
///
/// The order of the steps, and what else takes memory, is the architecture's (ARM64/, ARM/).
struct EarlyBoot<Machine: BootArchitecture> {
  let facts: KernelFacts
  let input: EarlyMemory
  let argument: PoolArgument?
  var machine: Machine
  var memblock: Memblock
  var log: BootLog
  var regions = RegionTable()
  var areas: CMAAreaTable

  var rules: KernelRules { facts.rules }

  /// - Parameter input: as this kernel reads it.
  init(_ input: EarlyMemory, _ facts: KernelFacts, on machine: Machine) {
    self.input = input
    self.facts = facts
    self.machine = machine
    argument = PoolArgument(
      commandLine: input.commandLine, highestAddress: facts.highestAddress)
    memblock = Memblock(pageSize: facts.pageSize, highestAddress: facts.highestAddress)
    log = BootLog(facts)
    areas = CMAAreaTable(slots: facts.areaSlots)
  }

  // MARK: Steps

  /// What the kernel says of its parameters, and which change early memory in a way that is not modelled.
  mutating func lookAtParameters() {
    for word in PoolArgument.words(input.commandLine) {
      // kernel/dma/contiguous.c, early_cma.
      if facts.hasPools, word.elementsEqual("cma".utf8) {
        log.say("cma: Config string not provided")
      }
      guard let change = EarlyParameter.unmodelled.first(where: { $0.isMade(by: word) }) else {
        continue
      }
      let name = String(decoding: change.name, as: UTF8.self)
      log.cannotPredict("the parameter '\(name)' is not modelled")
    }
    for name in rules.reading?.unknownParameters ?? []
    where KernelParameters(input.commandLine).all.contains(where: { $0.isNamed(name) }) {
      log.cannotPredict(
        "the parameter '\(name)', which no kernel has that is known, is not modelled")
    }
    for part in facts.unmodelled { log.cannotPredict(part) }
    if facts.nodeDataBytes != nil, input.tree.hasNUMANodes {
      log.cannotPredict(
        "CONFIG_NUMA with a tree of several nodes, which each have data of their own")
    }
  }

  /// drivers/of/fdt.c, unflatten_device_tree, and of_alias_scan.
  mutating func unflattenTree() {
    guard !input.tree.nodes.isEmpty else { return }
    let sizes = machine.treeNodeSizes
    take(
      input.tree.unflattenedBytes(nodeBytes: sizes.node, propertyBytes: sizes.property), align: 8,
      .unflattenedTree)
    // sizeof(struct alias_prop), drivers/of/of_private.h.
    for stem in input.tree.aliasStemBytes { take(40 + UInt64(stem) + 1, align: 8, .aliases) }
  }

  // MARK: Taking memory

  /// Reserves and notes down what lies in RAM.
  mutating func reserve(_ start: UInt64, _ size: UInt64, _ owner: Owner) {
    memblock.reserve(start, size: size)
    log.note(start, size, owner)
  }

  /// memblock_alloc; a kernel that is refused here panics.
  mutating func take(_ size: UInt64, align: UInt64, _ owner: Owner) {
    guard let start = memblock.allocateBlock(size: size, align: align) else {
      return log.fail(.earlyAllocation)
    }
    log.note(start, size, owner)
  }

  mutating func takePages(_ count: UInt64, _ owner: Owner) {
    guard count > 0 else { return }
    guard let runs = memblock.allocatePages(count) else { return log.fail(.earlyAllocation) }
    for run in runs { log.note(run.start, run.size, owner) }
  }
}
