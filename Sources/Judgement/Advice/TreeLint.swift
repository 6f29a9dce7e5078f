// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import FlattenedTree
package import GuestRequests
import MemoryRequests
import Predictions
import Quantities
package import Records

/// Looks at a device tree that is nobody's board here, for each page size.
package struct TreeLint: Sendable {
  private let model: any GuestModel

  package init(model: any GuestModel) {
    self.model = model
  }

  /// The options that say something of a tree's guest.
  package static let options: Set<GuestOption> = [
    .bank, .kernel, .kernelConfig, .imageSize, .pageSize, .lpae, .debugKernel,
    .kconfigAddition, .cma, .region, .memoryReservation, .kernelAt, .deviceTreeAt, .initramfsAt,
    .initramfsSize, .append,
  ]

  /// - Parameters:
  ///   - blob: the flattened tree, the request's regions in it.
  ///   - path: its file, for places.
  ///   - request: names the kernels, and what the tree leaves open (``options``).
  package func report(
    on blob: [UInt8], path: String, request: GuestRequest
  ) async throws -> LintReport {
    let tree = try FlattenedTree(validating: blob)
    let architecture = try Architecture(of: tree)
    var cases: [LintCase] = []
    var assumptions: [String] = []
    for request in request.forEachPageSize(of: architecture ?? .arm64) {
      var kernel = try await model.kernel(of: request, for: architecture ?? .arm64)
      var read = try TreeMemory(tree, of: kernel.facts, request)
      let needsLPAE =
        architecture == .arm && request.kernel.configuration == nil && !request.kernel.hasLPAE
        && read?.isAbove4GiB == true
      if needsLPAE {
        var request = request
        request.kernel.hasLPAE = true
        kernel = try await model.kernel(of: request, for: .arm)
        read = try TreeMemory(tree, of: kernel.facts, request)
      }
      guard let found = read else { throw UnreadableTree(path: path) }
      if cases.isEmpty {
        assumptions = found.assumptions + kernel.facts.assumptions
        if needsLPAE { assumptions.append("the kernel has LPAE, as all RAM is above 4 GiB") }
      }
      cases.append(
        LintCase(
          kernel: kernel.label, facts: kernel.facts, tree: tree, memory: found.memory,
          ground: found.isMemoryAssumed ? .assumedMemory : .assumedPlaces))
    }
    if !cases.allSatisfy(\.isPredictable) {
      assumptions = ["no kernel of ours could start there: only the tree itself is looked at"]
    }
    if architecture == nil {
      assumptions.append("the kernel is arm64's: the tree names no CPU that is known")
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
