// SPDX-License-Identifier: Apache-2.0

import Boards
import FlattenedTree
package import GuestRequests
import KernelConsole
import MemoryRequests
import Predictions
import Quantities
package import Records

/// Looks at a board's layouts, for each page size.
package struct BoardLint: Sendable {
  private let model: any GuestModel

  package init(model: any GuestModel) {
    self.model = model
  }

  /// Looks at the layout that a request names, or at every layout of its board.
  ///
  /// - Parameter file: the board's.
  package func report(on request: GuestRequest, file: String) async throws -> LintReport {
    let board = try model.board(of: request)
    let layouts =
      request.layout == nil && !request.hasOtherRAM
      ? board.layouts.map(\.name) : [request.layout ?? board.defaults.layout]
    let requests = request.forEachPageSize(of: board.architecture)
    var findings: [Finding] = []
    var kernels: [String] = []
    var assumptions: [String] = []
    for layout in layouts {
      var cases: [LintCase] = []
      var outlooks: [GuestOutlook] = []
      for request in requests {
        let outlook = try await model.outlook(of: request.applying(.layout(layout)))
        outlooks.append(outlook)
        cases.append(
          LintCase(
            kernel: KernelOutlook(name: outlook.kernel, facts: outlook.facts).label,
            facts: outlook.facts,
            tree: try FlattenedTree(validating: outlook.tree), memory: outlook.memory,
            ground: .known))
      }
      guard let first = outlooks.first else { continue }
      kernels = cases.map(\.kernel)
      assumptions = first.facts.assumptions
      let source = LintSource(request: request, board: board, layout: first.layout, file: file)
      let found = source.invented(kernels: kernels) + (try cases.findings().map(source.placed))
      findings += found.map { finding in
        var finding = finding
        finding.layouts = [layout]
        return finding
      }
    }
    return LintReport(
      subject: request.board, kernels: kernels, layouts: layouts,
      findings: findings.once.worstFirst,
      assumptions: assumptions)
  }
}

extension GuestRequest {
  /// The request for each page size to look at: the one that is named or configured, or all that the
  /// architecture has.
  func forEachPageSize(of architecture: Architecture) -> [GuestRequest] {
    if kernel.pageSize != nil || kernel.configuration != nil { return [self] }
    let all = architecture == .arm64 ? PageSize.allCases : [.fourKiB]
    return all.map { applying(.pageSize($0)) }
  }
}

/// Where the words of a layout come from: the board's file, or an option.
private struct LintSource {
  let request: GuestRequest
  let board: Board
  let layout: BoardLayout
  let file: String

  /// RAM that a layout claims and the board does not have.
  func invented(kernels: [String]) -> [Finding] {
    layout.inventedRAM.map { range in
      InventedRAMRule.finding(
        range,
        at: !request.hasOtherRAM
          ? .boardKey(file: file, key: "layouts.\(layout.name).banks")
          : .option((request.ram == nil ? GuestOption.bank : .ram).argument),
        kernels: kernels)
    }
  }

  /// The finding in the words of who wrote it: a board file's key, or an option.
  func placed(_ found: Finding) -> Finding {
    var finding = found
    guard case .node(_, let path, let property) = found.place else { return found }
    let parent = "/reserved-memory/"
    let node = path.hasPrefix(parent) ? String(path.dropFirst(parent.count)) : nil
    func index(_ regions: [String]) -> Int? { node.flatMap { regions.firstIndex(of: $0) } }
    if path == "/chosen", property == "bootargs" {
      if found.rule == .said(.crashKernel) {
        finding.place = .option("--append, layout \(layout.name)", layout: layout.name)
      } else if request.pools.asked != nil {
        finding.place = .option("--cma, layout \(layout.name)", layout: layout.name)
      } else {
        finding.place = .boardKey(file: file, key: "defaults.cma, layout \(layout.name)")
        // It is the choice for one layout, and nobody has to boot another with it.
        let isChoice = layout.name == board.defaults.layout
        if !isChoice { finding.severity = max(finding.severity, .warning) }
      }
    } else if let index = index(layout.reserved.map(\.region.nodeName)) {
      finding.place = .boardKey(file: file, key: "layouts.\(layout.name).reserved[\(index)]")
    } else if index(request.regions.map(\.region.nodeName)) != nil, let node {
      finding.place = .option("--region \(node)")
    } else if let fragment = request.values(of: .fragment).first {
      finding.place = found.place.inFile(fragment)
    } else if request.pools.deviceTree != nil || request.pools.via == .deviceTree,
      node == "linux,cma" || node?.hasPrefix("linux,cma@") == true
    {
      finding.place = .option(request.pools.deviceTree == nil ? "--via dts" : "--dts-cma")
    }
    return finding
  }
}

extension [Finding] {
  /// What is found in several layouts with the same figures is one finding.
  fileprivate var once: [Finding] {
    reduce(into: []) { told, finding in
      let same = told.firstIndex { other in
        var other = other
        other.layouts = finding.layouts
        return other == finding
      }
      guard let same else { return told.append(finding) }
      told[same].layouts = (told[same].layouts ?? []) + (finding.layouts ?? [])
    }
  }

  fileprivate var worstFirst: [Finding] {
    enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
  }
}
