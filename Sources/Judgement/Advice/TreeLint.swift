// SPDX-License-Identifier: Apache-2.0

import Boards
import FlattenedTree
package import GuestRequests
import Predictions
import Quantities
package import Records

/// Looks at a device tree that is nobody's board here, for each page size.
package struct TreeLint: Sendable {
  private let model: any GuestModel

  package init(model: any GuestModel) {
    self.model = model
  }

  /// - Parameters:
  ///   - blob: the flattened tree.
  ///   - path: its file, for places.
  ///   - request: names the kernels; nothing else of it counts.
  package func report(
    on blob: [UInt8], path: String, kernelsOf request: GuestRequest
  ) async throws -> LintReport {
    let tree = try FlattenedTree(validating: blob)
    var cases: [LintCase] = []
    for pages in request.kernel.pageSizes(of: .arm64) {
      let outlook = try await model.outlook(of: request.withoutTree.applying(.pageSize(pages)))
      guard let memory = EarlyMemory.ofStranger(tree.blob, imageSize: outlook.facts.image.size)
      else { throw UnreadableTree(path: path) }
      cases.append(
        LintCase(
          kernel: outlook.label, facts: outlook.facts, tree: tree, memory: memory,
          isPlaced: false))
    }
    var assumptions = [
      "the kernel is loaded at the start of the first bank, the device tree behind it"
    ]
    if !cases.allSatisfy(\.isPredictable) {
      assumptions = ["no kernel of ours could start there: only the tree itself is looked at"]
    }
    return LintReport(
      subject: path, kernels: cases.map(\.kernel),
      findings: try cases.findings().map { finding in
        var finding = finding
        finding.place = finding.place.inFile(path)
        return finding
      },
      assumptions: assumptions)
  }
}

/// A tree that is sound as such, and not one that a kernel starts with.
package struct UnreadableTree: Error, CustomStringConvertible {
  let path: String

  package init(path: String) {
    self.path = path
  }

  package var description: String {
    "\(path): the root's #address-cells and #size-cells are not 1 or 2: write what a kernel reads"
  }
}

extension GuestRequest {
  /// Without anything that would go into a tree of our own.
  fileprivate var withoutTree: GuestRequest {
    var request = self
    request.regions = []
    request.memoryReservations = []
    request.fragment = nil
    return request
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
