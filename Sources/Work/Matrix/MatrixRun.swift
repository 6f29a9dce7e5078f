// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import Quantities
package import Records

/// How many guests run at once.
package struct Concurrency: Hashable, Sendable {
  /// Guests, at least 1.
  package let jobs: Int
  /// What they may fill of the host's memory together.
  package let memory: ByteCount

  package init(jobs: Int, memory: ByteCount) {
    self.jobs = jobs
    self.memory = memory
  }
}

/// What a running matrix tells.
package enum MatrixEvent: Sendable {
  /// Another process runs a matrix in the folder.
  case waitingForOther
  /// Guests are about to start; so many cells have a result already.
  case started(done: Int)
  case finished(MatrixCell, CellResult)
  /// The harness failed, in its own words; the cell is run once more.
  case retried(MatrixCell, String)
  /// A result of before is not believed; its cell is run again.
  case damaged(RecordDamage)
}

/// A plan, carried out.
package struct MatrixRun: Sendable {
  private let plan: MatrixPlan
  private let folder: MatrixFolder
  private let concurrency: Concurrency
  private let onEvent: @Sendable (MatrixEvent) -> Void

  package init(
    _ plan: MatrixPlan, in folder: MatrixFolder, concurrency: Concurrency,
    onEvent: @escaping @Sendable (MatrixEvent) -> Void
  ) {
    self.plan = plan
    self.folder = folder
    self.concurrency = concurrency
    self.onEvent = onEvent
  }

  /// Makes the folder, or finds the one that is to be gone on with.
  ///
  /// - Returns: the cells that have no result yet, among them those whose result is not believed.
  /// - Throws: `MatrixFolderError`, `HostFileError`.
  package func begin(resuming: Bool) throws -> [MatrixCell] {
    if HostFile.exists(folder.plan) {
      guard resuming else { throw MatrixFolderError.inUse(folder.path) }
      guard try folder.readPlan() == plan else { throw MatrixFolderError.another(folder.path) }
    } else {
      guard try folder.isFree() else { throw MatrixFolderError.inUse(folder.path) }
      try folder.write(plan)
    }
    let found = try folder.readResults(of: plan)
    for damage in found.damages { onEvent(.damaged(damage)) }
    let done = Set(found.results.map(\.id))
    return plan.ownCells.filter { !done.contains($0.id) }
  }

  /// Runs cells, each result kept as soon as it is there.
  ///
  /// A cell that was running when the task is cancelled, or when another one threw, has no result.
  ///
  /// - Parameters:
  ///   - memory: what a cell's guest fills of the host's memory.
  ///   - run: runs one cell.
  package func run(
    _ cells: [MatrixCell], memory: @escaping @Sendable (MatrixCell) -> ByteCount,
    _ run: @escaping @Sendable (MatrixCell) async throws -> RunRecord
  ) async throws {
    let journal = try ResultJournal(of: folder)
    var waiting = cells[...]
    var used: UInt64 = 0
    try await withThrowingTaskGroup(of: UInt64.self) { group in
      var running = 0
      while !waiting.isEmpty || running > 0 {
        while let cell = waiting.first, running < concurrency.jobs {
          let need = memory(cell).bytes
          guard running == 0 || used + need <= concurrency.memory.bytes else { break }
          waiting.removeFirst()
          running += 1
          used += need
          group.addTask {
            try journal.append(try await result(of: cell, run))
            return need
          }
        }
        guard let freed = try await group.next() else { break }
        running -= 1
        used -= freed
        try Task.checkCancellation()
      }
    }
  }

  /// Trouble with the harness says nothing of the kernel, so it is given one more chance.
  private func result(
    of cell: MatrixCell, _ run: @Sendable (MatrixCell) async throws -> RunRecord
  ) async throws -> CellResult {
    let first = try await run(cell)
    try Task.checkCancellation()
    guard first.isHarnessTrouble else { return finished(cell, first, attempts: 1) }
    onEvent(.retried(cell, first.reason))
    let second = try await run(cell)
    try Task.checkCancellation()
    return finished(cell, second, attempts: 2)
  }

  private func finished(_ cell: MatrixCell, _ record: RunRecord, attempts: Int) -> CellResult {
    let result = CellResult(of: cell, record: record, attempts: attempts)
    onEvent(.finished(cell, result))
    return result
  }
}
