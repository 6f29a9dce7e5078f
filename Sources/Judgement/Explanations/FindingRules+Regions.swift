// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Predictions
import Quantities
import Records

// Regions that overlap, are refused or dropped, and RAM that the kernel ignores.
extension FindingRules {
  // MARK: Overlaps

  /// Pools whose pages are not all mapped: the kernel clears pages that it gives out.
  var poolsOverUnmapped: [Finding] {
    view.reservedPools.compactMap { pool in
      guard let range = pool.pool.range else { return nil }
      let covered = view.noMapRegions.filter { $0.range.overlaps(range) }
        .sorted { $0.range < $1.range }
      guard let first = covered.first else { return nil }
      let names = covered.map { "\($0.name) (\($0.range))" }.enumerated
      let died =
        distressLines.isEmpty
        ? "touching a page there is a fault"
        : "the kernel faulted when it touched a page of the pool that is not mapped"
      let isStatic = view.node(pool.pool.name)?.fixedRange != nil || view.tree == nil
      var remedy = "Move the pool away from them"
      if isStatic, first.range.start > range.start {
        let room = ByteCount(first.range.start.value - range.start.value)
        remedy =
          "End the pool below \(first.range.start) (\(room.asKernelWrites) at \(range.start) fit)"
      }
      return Finding(
        id: .poolOverUnmapped,
        statement: "the \(pool.title) covers memory that is not mapped",
        cause: "The pool \(range) covers \(names), which \(covered.count == 1 ? "is" : "are") "
          + "no-map; \(died).",
        remedy: remedy + ", or let the kernel choose the place: size and alloc-ranges in place of "
          + "reg.",
        evidence: pool.sources + covered.map(\.source)
          + view.sources(
            refusals { $0.isOverlap }.flatMap(\.lines) + distressLines))
    }
  }

  /// Those that a pool is a part of: they are told before pools that there are not.
  var overlapsOfPools: [Finding] { overlaps.filter(\.isOfPool).map(\.finding) }

  var otherOverlaps: [Finding] { overlaps.filter { !$0.isOfPool }.map(\.finding) }

  private var overlaps: [(finding: Finding, isOfPool: Bool)] {
    let told = view.reservedPools.compactMap(\.pool.name)
    return refusals(\.isOverlap).compactMap { refusal in
      guard case .overlap(let range, let other, let otherRange) = refusal.value.kind,
        let name = refusal.value.subject
      else { return nil }
      let unmapped = view.noMapRegions.map(\.name)
      if told.contains(name) && unmapped.contains(other)
        || told.contains(other) && unmapped.contains(name)
      {
        return nil
      }
      let finding = Finding(
        id: .overlap, statement: "the regions '\(name)' and '\(other)' overlap",
        cause:
          "'\(name)' (\(range)) and '\(other)' (\(otherRange)) share memory, and the kernel goes "
          + "on with both: two owners of a page corrupt each other.",
        remedy: "Move one of them.", evidence: view.sources(refusal.lines))
      return (finding, told.contains(name) || told.contains(other))
    }
  }

  /// Static pools where there is no RAM.
  var poolsOutsideRAM: [Finding] {
    guard let banks = view.banks else { return [] }
    return view.reservedPools.compactMap { pool in
      guard pool.pool.kind == .deviceTree, let range = pool.pool.range else { return nil }
      let missing = range.subtracting(banks)
      guard let first = missing.first else { return nil }
      return Finding(
        id: .poolOutsideRAM, statement: "the \(pool.title) is where there is no RAM",
        cause:
          "\(first) of the pool \(range) is not RAM of any memory node; such a pool passes early "
          + "boot, and the kernel dies when it activates it (cma_init_reserved_areas).",
        remedy: "Declare the RAM in a memory node, or move the pool into a bank.",
        evidence: pool.sources + view.bankSources + view.sources(distressLines))
    }
  }

  // MARK: Refusals

  var properties: [Finding] {
    refusals { $0.isOfTree }.map { refusal in
      let lines = view.sources(refusal.lines)
      guard let name = refusal.value.subject, case .property(let property) = refusal.value.kind
      else {
        return Finding(
          id: .nodeFormat, statement: "the whole of /reserved-memory is ignored",
          cause: "/reserved-memory lacks ranges, or its #address-cells and #size-cells are not the "
            + "root's, so that the kernel ignores all of it.",
          remedy: "Give /reserved-memory an empty ranges and the root's cell counts.",
          evidence: lines)
      }
      let others = view.reservedPools.isEmpty ? "" : "; the pools that the log shows are as asked"
      return Finding(
        id: .property, statement: "the node '\(name)' is dropped: its \(property) is malformed",
        cause: "The node \(name) has a property \(property) whose length does not suit the root's "
          + "cell counts, and is dropped\(others).",
        remedy: "Write \(property) in the root's number of cells.", evidence: lines)
    }
  }

  /// Regions with a size that something else had reserved before.
  var regionsRefused: [Finding] {
    let pools = Set(view.pools.compactMap(\.pool.name))
    let others = refusals { refusal in
      guard let name = refusal.subject, !pools.contains(name) else { return false }
      switch refusal.kind {
      case .notReserved(_, let size): return size.bytes > 0
      case .notAllocated, .slots: return true
      default: return false
      }
    }
    return others.map { refusal in
      let name = refusal.value.subject ?? "?"
      let lines = view.sources(refusal.lines)
      guard case .notReserved(let base, let size) = refusal.value.kind else {
        let meaning = ComplaintMeaning(of: refusal.lines[0].text)
        return Finding(
          id: .regionRefused, statement: "the region '\(name)' was refused",
          cause: "'\(name)' was refused: \(meaning?.meaning ?? "the kernel had no place for it").",
          remedy: (meaning?.remedy ?? "lower its size, or widen alloc-ranges").capitalizedFirst
            + ".",
          evidence: lines)
      }
      let place = PhysicalRange(start: base, size: size).map { " (\($0))" } ?? ""
      return Finding(
        id: .regionRefused,
        statement: "the region '\(name)' was refused, the pools are not touched by it",
        cause: "Something had reserved memory of '\(name)'\(place) before the kernel read the tree "
          + "(most often the boot loader, in its own list of reservations), so that the kernel "
          + "refuses to reserve it again; the memory stays set aside, and only the mark no-map is "
          + "lost for it.",
        remedy: "Let one of the two tell of the region: take it out of the boot loader's "
          + "reservations, or out of the tree.",
        evidence: lines)
    }
  }

  var crashKernelRefused: [Finding] {
    refusals { $0.kind == .crashKernel }.prefix(1).map { refusal in
      let pools = view.reservedPools.compactMap(\.pool.range).map(\.description)
      let beside = pools.isEmpty ? "" : " beside the pools (\(pools.enumerated))"
      return Finding(
        id: .crashKernelRefused, statement: "there is no crash kernel",
        cause: "No run that is large enough for crashkernel= is free\(beside).",
        remedy: "Lower the pool or crashkernel=, or let it lie above 4 GiB: crashkernel=SIZE,high.",
        evidence: view.sources(refusal.lines)
          + pools.indices.flatMap { view.reservedPools[$0].sources })
    }
  }

  // MARK: What only looks wrong

  var ignoredRAM: [Finding] {
    view.boot.ignoredRAM.map { ignored in
      let range = ignored.value
      let unmapped = view.noMapRegions.first { $0.range.contains(range) || range == $0.range }
      let loaders = view.boot.loader.refused.first { $0.value == range }
      if unmapped != nil || loaders != nil {
        let what =
          unmapped.map { "the tree's no-map region '\($0.name)'" }
          ?? "a region that the boot loader has in its tree as well"
        return Finding(
          id: .ignoredRAM, isFault: false,
          statement: "\(range) is ignored, and is no loss",
          cause:
            "Nothing is wrong with the pools: the RAM that is ignored, \(range), is \(what), which "
            + "is above all memory that the kernel may use.",
          remedy: "None is needed.",
          evidence: view.sources(ignored.lines + (loaders?.lines ?? []))
            + (unmapped.map { [$0.source] } ?? []))
      }
      return Finding(
        id: .ignoredRAM, statement: "\(range.size.asKernelWrites) of RAM are not used",
        cause:
          "\(range) is above what this kernel maps, and it has no highmem: the RAM is lost to "
          + "it, and no pool can lie there.",
        remedy: "Take a kernel with CONFIG_HIGHMEM, or another CONFIG_VMSPLIT.",
        evidence: view.sources(ignored.lines))
    }
  }

  /// What a boot loader could not reserve because it had it already.
  var loaderRefused: [Finding] {
    let ignored = view.boot.ignoredRAM.map(\.value)
    return view.boot.loader.refused.filter { !ignored.contains($0.value) }.map { refused in
      Finding(
        id: .loaderRefused, isFault: false,
        statement: "the boot loader could not reserve \(refused.value), which is harmless",
        cause:
          "The boot loader found \(refused.value) reserved already, or outside its memory, when "
          + "it read the tree; the kernel reads the tree by itself.",
        remedy: "None is needed.", evidence: view.sources(refused.lines))
    }
  }

  /// Regions of no size: the boot loader did not fill them in.
  var emptyRegions: [ExplainedBoot.Harmless] {
    refusals { refusal in
      guard case .notReserved(_, let size) = refusal.kind else { return false }
      return size.bytes == 0
    }.map { refusal in
      ExplainedBoot.Harmless(
        what:
          "'\(refusal.value.subject ?? "?")' has size 0: the boot loader did not fill it in, and "
          + "the kernel refuses it on every boot",
        evidence: view.sources(refusal.lines))
    }
  }

  /// What was asked for and rounded up.
  var roundedPools: [ExplainedBoot.Harmless] {
    guard let value = view.boot.commandLine?.value.poolArgument,
      let asked = try? ByteCount(parsing: value.prefix { $0 != "@" }),
      let pool = view.pools.first(where: { $0.pool.kind == .commandLine && $0.pool.name == nil }),
      let size = pool.pool.size, size > asked, asked.bytes > 0,
      size.bytes - asked.bytes < view.granule
    else { return [] }
    return [
      ExplainedBoot.Harmless(
        what:
          "cma=\(value) was rounded up to \(size.asKernelWrites), a multiple of what the kernel "
          + "makes pools of",
        evidence: pool.sources)
    ]
  }
}

extension LoggedBoot.Refusal {
  var isOverlap: Bool {
    guard case .overlap = kind else { return false }
    return true
  }

  /// Whether it is about how the tree is written.
  var isOfTree: Bool {
    switch kind {
    case .property, .format: true
    default: false
    }
  }
}
