// SPDX-License-Identifier: Apache-2.0

import Advice
import Boards
import DeviceTrees
import FlattenedTree
import HostFiles
import Kernels
import MemoryRequests
import Predictions
import Quantities
import Records
import Runs
import SystemPackage

/// Makes the cases of a lint: a board's layouts or a file, for each page size.
struct MemoryLint {
  let options: SelectionOptions
  let installation: Installation
  let preparation: Preparation

  static func isDeviceTree(_ subject: String) -> Bool {
    ["dts", "dtb"].contains(FilePath(subject).extension ?? "")
  }

  // MARK: Boards

  func report(onBoard name: String) async throws -> LintReport {
    var options = options
    options.board = name
    let first = try options.selection(in: installation)
    let layouts =
      options.layout == nil && options.placement.bank.isEmpty
      ? first.board.layouts.map(\.name) : [options.layout ?? first.board.defaults.layout]
    let file = boardFile(name)
    var findings: [Finding] = []
    var kernels: [String] = []
    var assumptions: [String] = []
    for layout in layouts {
      var cases: [LintCase] = []
      options.layout = layout
      for pages in pageSizes(first.board.architecture) {
        options.kernelTarget.pageSize = pages
        let selection = try options.selection(in: installation)
        let outlook = try await preparation.outlook(of: selection)
        cases.append(
          LintCase(
            kernel: label(outlook, selection.board.architecture), facts: outlook.facts,
            tree: try FlattenedTree(validating: outlook.blob), memory: outlook.memory,
            isPlaced: true))
        if pages == pageSizes(first.board.architecture).first {
          assumptions = outlook.facts.assumptions
        }
      }
      kernels = cases.map(\.kernel)
      let selection = try options.selection(in: installation)
      findings += invented(selection, file: file, kernels: kernels)
      findings += try cases.findings().map { $0.placed(in: selection, file: file, options) }
    }
    return LintReport(
      subject: name, kernels: kernels, findings: findings.once.worstFirst,
      assumptions: assumptions)
  }

  private func boardFile(_ name: String) -> String {
    name.contains("/") || name.hasSuffix(".yaml")
      ? name : installation.boards.appending("\(name).yaml").string
  }

  /// RAM that a layout claims and the board does not have.
  private func invented(
    _ selection: RunSelection, file: String, kernels: [String]
  ) -> [Finding] {
    selection.board.invented(in: selection.layout).map { range in
      Finding.inventedRAM(
        range,
        at: options.placement.bank.isEmpty
          ? .init(file: file, key: "layouts.\(selection.layout.name).banks")
          : .init(key: "--bank"), kernels: kernels)
    }
  }

  private func pageSizes(_ architecture: Architecture) -> [PageSize] {
    if let given = options.kernelTarget.pageSize { return [given] }
    return architecture == .arm64 ? PageSize.allCases : [.fourKiB]
  }

  private func label(_ outlook: Outlook, _ architecture: Architecture) -> String {
    "\(outlook.kernel), \(outlook.facts.pageSize >> 10)K pages"
  }

  // MARK: Files

  func report(onTree path: FilePath) async throws -> LintReport {
    var options = options
    options.pools = options.pools.nothing
    let blob: [UInt8]
    if path.extension == "dts" {
      let compiled = try await DTC().blob(of: path)
      if !compiled.warnings.isEmpty { StandardError.say(compiled.warnings) }
      blob = compiled.blob
    } else {
      blob = try HostFile.read(path, limit: FlattenedTree.maximumByteCount)
    }
    let tree = try FlattenedTree(validating: blob)
    var cases: [LintCase] = []
    for pages in pageSizes(.arm64) {
      options.kernelTarget.pageSize = pages
      let outlook = try await preparation.outlook(
        of: try options.selection(in: installation))
      guard let memory = EarlyMemory.ofStranger(tree.blob, imageSize: outlook.facts.image.size)
      else { throw UnreadableTree(path: path) }
      cases.append(
        LintCase(
          kernel: label(outlook, .arm64), facts: outlook.facts, tree: tree, memory: memory,
          isPlaced: false))
    }
    var assumptions = [
      "the kernel is loaded at the start of the first bank, the device tree behind it"
    ]
    if !cases.allSatisfy(\.isPredictable) {
      assumptions = ["no kernel of ours could start there: only the tree itself is looked at"]
    }
    return LintReport(
      subject: path.string, kernels: cases.map(\.kernel),
      findings: try cases.findings().map { finding in
        var finding = finding
        finding.place.file = path.string
        return finding
      },
      assumptions: assumptions)
  }
}

/// A tree that is sound as such, and not one that a kernel starts with.
struct UnreadableTree: Error, CustomStringConvertible {
  let path: FilePath

  var description: String {
    "\(path): the root's #address-cells and #size-cells are not 1 or 2: write what a kernel reads"
  }
}

extension EarlyMemory {
  /// A stranger's tree, with kernel and tree where boot loaders put them by default.
  fileprivate static func ofStranger(_ blob: [UInt8], imageSize: UInt64) -> EarlyMemory? {
    let block: UInt64 = 2 << 20
    func memory(at start: UInt64) -> EarlyMemory? {
      EarlyMemory(
        blob: blob, at: PhysicalAddress((start + imageSize + block - 1) & ~(block - 1)),
        kernel: PhysicalAddress(start))
    }
    guard let read = memory(at: 0) else { return nil }
    let start = read.banks.map(\.start.value).min() ?? 0
    guard start < 1 << 52 else { return read }
    return memory(at: (start + block - 1) & ~(block - 1))
  }
}

extension PoolOptions {
  /// Without anything that would go into a tree of our own.
  fileprivate var nothing: PoolOptions {
    var options = self
    options.region = []
    options.memreserve = []
    options.dtsAppend = nil
    return options
  }
}

extension [Finding] {
  /// What is found in several layouts in the same place is one finding.
  fileprivate var once: [Finding] {
    var seen: Set<String> = []
    return filter { seen.insert("\($0.rule) \($0.place.file ?? "") \($0.place.key)").inserted }
  }

  fileprivate var worstFirst: [Finding] {
    enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
  }
}

extension Finding {
  fileprivate static func inventedRAM(
    _ range: PhysicalRange, at place: Place, kernels: [String]
  ) -> Finding {
    Finding(
      rule: "invented-ram", severity: .warning, place: place,
      problem: "the board has no RAM at \(range)",
      consequence: "the layout boots here, and not there", message: nil,
      origin: "the board file's physical-ram", remedy: "keep the banks inside physical-ram",
      kernels: kernels)
  }

  /// In the words of who wrote it: a board file's key, or an option.
  fileprivate func placed(
    in selection: RunSelection, file: String, _ options: SelectionOptions
  ) -> Finding {
    var finding = self
    let layout = "layouts.\(selection.layout.name)"
    let parts = place.key.split(separator: ":", maxSplits: 1).first?.split(separator: "/") ?? []
    let node = parts.count == 2 && parts[0] == "reserved-memory" ? String(parts[1]) : nil
    func index(_ regions: [String]) -> Int? { node.flatMap { regions.firstIndex(of: $0) } }
    if place.key == "/chosen:bootargs" {
      if rule == "crash-kernel" {
        finding.place = .init(key: "--append, layout \(selection.layout.name)")
      } else if options.pools.cma != nil {
        finding.place = .init(key: "--cma, layout \(selection.layout.name)")
      } else {
        finding.place = .init(file: file, key: "defaults.cma, layout \(selection.layout.name)")
        // It is the choice for one layout, and nobody has to boot another with it.
        let isChoice = selection.layout.name == selection.board.defaults.layout
        if !isChoice { finding.severity = max(finding.severity, .warning) }
      }
    } else if let index = index(selection.layout.reserved.map(\.region.nodeName)) {
      finding.place = .init(file: file, key: "\(layout).reserved[\(index)]")
    } else if index(options.pools.region.map(\.region.nodeName)) != nil, let node {
      finding.place = .init(key: "--region \(node)")
    } else if options.pools.dtsAppend != nil {
      finding.place.file = options.pools.dtsAppend?.string
    } else if node == "linux,cma" || node?.hasPrefix("linux,cma@") == true {
      finding.place = .init(key: options.pools.dtsCMA == nil ? "--via dts" : "--dts-cma")
    }
    return finding
  }
}
