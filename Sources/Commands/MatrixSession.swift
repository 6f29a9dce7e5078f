// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostFiles
import Kernels
import Matrix
import Quantities
import Records
import Runs
import SystemPackage
import YAMLFiles

/// A matrix, from its plan to its last result.
struct MatrixSession: Sendable {
  private let plan: MatrixPlan
  private let folder: MatrixFolder
  private let session: Session
  private let selections: [String: RunSelection]

  /// Looks everything up that the cells name, so that nothing is built for a matrix that cannot run.
  ///
  /// - Throws: `ValidationError` with the cell and the file.
  init(plan: MatrixPlan, folder: MatrixFolder, file: FilePath) throws {
    self.plan = plan
    self.folder = folder
    session = try Session.ofThisProcess()
    var selections: [String: RunSelection] = [:]
    for cell in plan.ownCells {
      do {
        let options = try SelectionOptions.parse(
          cell.arguments + ["--timeout", "\(plan.timeout)"])
        selections[cell.id] = try session.selection(options.request)
      } catch let error as YAMLFileError {
        throw error
      } catch {
        throw ValidationError("\(file): cell \(cell.id): \(SelectionOptions.message(for: error))")
      }
    }
    self.selections = selections
  }

  /// Runs what has no result yet.
  ///
  /// - Throws: what a cell's preparation throws; `CancellationError` after what ran has been told.
  func run(resuming: Bool, jobs: Int) async throws -> MatrixOutcome {
    try HostFile.createDirectory(folder.path)
    return try await FileLock.withLock(
      at: folder.lock,
      onWait: { Diagnostics.progress("another cmalab runs this matrix: waiting for it") }
    ) {
      let progress = MatrixProgress(total: plan.ownCells.count)
      let run = MatrixRun(
        plan, in: folder,
        concurrency: Concurrency(jobs: jobs, memory: try HostMemory.available()),
        onEvent: { progress.show($0) })
      let cells = try run.begin(resuming: resuming)
      try await buildWhatIsMissing(for: cells)
      // Only now, so that the rate and the time left are those of guests, not of compilers.
      progress.start(done: plan.ownCells.count - cells.count)
      do {
        try await run.run(cells, memory: { memory(of: $0) }) { try await record(of: $0) }
      } catch {
        progress.end()
        // What ran is not lost on the user because something else failed.
        try StandardOutput.write(try outcome().text)
        throw error
      }
      progress.end()
      return try outcome()
    }
  }

  private func outcome() throws -> MatrixOutcome {
    MatrixOutcome(plan: plan, results: try folder.readResults(of: plan).results)
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

  /// An idle guest touches some 220 MiB; one that tests its pool may write all of it.
  private func memory(of cell: MatrixCell) -> ByteCount {
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
