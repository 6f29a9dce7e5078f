// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestRequests
import HostFiles
package import Quantities
package import Records
package import Runs
package import SystemPackage

/// A matrix, from its plan to its last result.
package struct MatrixSession: Sendable {
  private let plan: MatrixPlan
  private let folder: MatrixFolder
  private let session: Session
  private let selections: [String: RunSelection]

  /// Where a plan comes from.
  package struct Source: Sendable {
    /// The matrix file, for messages.
    let file: String
    /// The files that cells name are found from there.
    let workingDirectory: FilePath

    package init(file: String, workingDirectory: FilePath) {
      self.file = file
      self.workingDirectory = workingDirectory
    }
  }

  /// Looks everything up that the cells name, those of other shards as well, so that nothing is built
  /// for a matrix that cannot run.
  ///
  /// - Throws: `GuestRequestError` with the cell and the file; `YAMLFileError` of a board file.
  package init(
    plan: MatrixPlan, in folder: MatrixFolder, session: Session, source: Source
  ) async throws {
    self.plan = plan
    self.folder = folder
    self.session = session
    let own = Set(plan.ownCells.map(\.id))
    var selections: [String: RunSelection] = [:]
    for cell in plan.cells {
      do {
        let selection = try await session.selection(
          cell.request.withAbsolutePaths(from: source.workingDirectory))
        if own.contains(cell.id) { selections[cell.id] = selection }
      } catch let error as GuestRequestError {
        throw GuestRequestError(error.option, "\(source.file): cell \(cell.id): \(error)")
      }
    }
    self.selections = selections
  }

  /// Runs what has no result yet, one matrix a folder at a time.
  ///
  /// - Parameter onEvent: hears of every cell.
  /// - Throws: what a cell's preparation throws; `CancellationError`. What ran has its results.
  package func run(
    resuming: Bool, concurrency: Concurrency, onEvent: @escaping @Sendable (MatrixEvent) -> Void
  ) async throws {
    try await folder.reserved(onWait: { onEvent(.waitingForOther) }) {
      let run = MatrixRun(plan, in: folder, concurrency: concurrency, onEvent: onEvent)
      let cells = try run.begin(resuming: resuming)
      try await buildWhatIsMissing(for: cells)
      // Only now, so that the rate and the time left are those of guests, not of compilers.
      onEvent(.started(done: plan.ownCells.count - cells.count))
      try await run.run(cells, memory: { memory(of: $0) }) { try await record(of: $0) }
    }
  }

  /// Builds what the cells need, and runs none.
  package func build() async throws {
    try await buildWhatIsMissing(for: plan.ownCells)
  }

  /// What makes a cell of the plan slow.
  package func load(of cell: MatrixCell) -> CellLoad {
    guard let selection = selections[cell.id] else {
      return CellLoad(ram: .zero, pool: .zero, tests: [])
    }
    return CellLoad(
      ram: ByteCount(selection.layout.banks.reduce(0) { $0 + $1.size.bytes }),
      pool: selection.pools.askedBytes, tests: selection.tests)
  }

  /// Each kernel, module and initramfs once, before any guest runs beside the compiler.
  private func buildWhatIsMissing(for cells: [MatrixCell]) async throws {
    var seen: Set<BuildKey> = []
    for cell in cells {
      guard let selection = selections[cell.id],
        seen.insert(BuildKey(kernel: selection.kernel, isTesting: !selection.tests.isEmpty))
          .inserted
      else { continue }
      _ = try await session.preparation.tree(for: selection)
    }
  }

  private struct BuildKey: Hashable {
    let kernel: RunSelection.Kernel
    let isTesting: Bool
  }

  /// What a cell's guest fills of the host's memory.
  ///
  /// An idle guest touches some 220 MiB; one that tests its pool may write all of it.
  package func memory(of cell: MatrixCell) -> ByteCount {
    guard let selection = selections[cell.id] else { return .zero }
    let written = selection.tests.isEmpty ? 0 : selection.pools.askedBytes.bytes
    let (sum, overflow) = written.addingReportingOverflow(ByteCount.mebibytes(256).bytes)
    return ByteCount(overflow ? .max : sum)
  }

  private func record(of cell: MatrixCell) async throws -> RunRecord {
    guard let selection = selections[cell.id] else { throw CancellationError() }
    let started = ContinuousClock.now
    let directory = try RunFolder(forNewRunAt: folder.run(of: cell))
    let prepared = try await session.preparation.prepare(selection)
    return try await BoardRun(prepared, in: directory).record(since: started)
  }
}
