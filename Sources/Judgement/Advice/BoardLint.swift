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
      request.layout == nil && request.banks.isEmpty
      ? board.layouts.map(\.name) : [request.layout ?? board.defaults.layout]
    let pageSizes = request.kernel.pageSizes(of: board.architecture)
    var findings: [Finding] = []
    var kernels: [String] = []
    var assumptions: [String] = []
    for layout in layouts {
      var cases: [LintCase] = []
      var outlooks: [GuestOutlook] = []
      for pages in pageSizes {
        let outlook = try await model.outlook(
          of: request.applying(.layout(layout), .pageSize(pages)))
        outlooks.append(outlook)
        cases.append(
          LintCase(
            kernel: outlook.label, facts: outlook.facts,
            tree: try FlattenedTree(validating: outlook.tree), memory: outlook.memory,
            isPlaced: true))
      }
      guard let first = outlooks.first else { continue }
      kernels = cases.map(\.kernel)
      assumptions = first.facts.assumptions
      let source = LintSource(request: request, board: board, layout: first.layout, file: file)
      findings += source.invented(kernels: kernels)
      findings += try cases.findings().map(source.placed)
    }
    return LintReport(
      subject: request.board, kernels: kernels, findings: findings.once.worstFirst,
      assumptions: assumptions)
  }
}

extension GuestRequest.Kernel {
  /// Those to look at: the one that is named, or all that the architecture has.
  func pageSizes(of architecture: Architecture) -> [PageSize] {
    if let pageSize { return [pageSize] }
    return architecture == .arm64 ? PageSize.allCases : [.fourKiB]
  }
}

extension GuestOutlook {
  /// `6.1, 4K pages`.
  var label: String { "\(kernel), \(facts.pageSize >> 10)K pages" }
}

/// Where the words of a layout come from: the board's file, or an option.
private struct LintSource {
  let request: GuestRequest
  let board: Board
  let layout: BoardLayout
  let file: String

  /// RAM that a layout claims and the board does not have.
  func invented(kernels: [String]) -> [Finding] {
    board.invented(in: layout).map { range in
      InventedRAMRule.finding(
        range,
        at: request.banks.isEmpty
          ? .boardKey(file: file, key: "layouts.\(layout.name).banks") : .option("--bank"),
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
        finding.place = .option("--append, layout \(layout.name)")
      } else if request.pools.asked != nil {
        finding.place = .option("--cma, layout \(layout.name)")
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
    } else if node == "linux,cma" || node?.hasPrefix("linux,cma@") == true {
      finding.place = .option(request.pools.deviceTree == nil ? "--via dts" : "--dts-cma")
    }
    return finding
  }
}

extension [Finding] {
  /// What is found in several layouts in the same place is one finding.
  fileprivate var once: [Finding] {
    var seen: Set<Fault> = []
    return filter { seen.insert(Fault($0)).inserted }
  }

  fileprivate var worstFirst: [Finding] {
    enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
  }
}
