// SPDX-License-Identifier: Apache-2.0

package import Advice
package import Boards
package import GuestRequests
package import HostFiles
package import Kernels
package import Records

/// What every command that makes guests works with: cmalab's own files, the cache, and what turns
/// requests into guests.
package struct Session: Sendable {
  package let installation: Installation
  package let cache: ContentCache
  package let preparation: Preparation

  /// - Parameters:
  ///   - jobs: how many steps of a kernel's build may run at once.
  ///   - onBuild: hears of a kernel's build while it goes on.
  package init(
    installation: Installation, cache: ContentCache, jobs: Int,
    onBuild: @escaping @Sendable (KernelBuildEvent) -> Void
  ) {
    self.installation = installation
    self.cache = cache
    preparation = Preparation(
      installation: installation, cache: cache,
      builder: KernelBuilder(
        configurationFolder: installation.kernelConfiguration, cache: cache, jobs: jobs,
        onEvent: onBuild))
  }

  /// Looks everything up that a request names.
  ///
  /// - Throws: as `RunSelection.init(_:in:for:)`; what is wrong with the user's own source.
  package func selection(
    _ request: GuestRequest, for purpose: RunSelection.Purpose = .verdict
  ) async throws -> RunSelection {
    try await heedingFragment(RunSelection(request, in: installation, for: purpose))
  }

  func heedingFragment(_ selection: RunSelection) async throws -> RunSelection {
    guard selection.fragment != nil else { return selection }
    return selection.heeding(try await preparation.declaredRegions(of: selection))
  }

  /// A new folder among the runs that the cache keeps.
  package func newRun(of selection: RunSelection) throws -> RunFolder {
    try KeptRuns(cache: cache).next(board: selection.board.name, layout: selection.layout.name)
  }

  /// Boots a guest, and keeps the run in the cache.
  package func boot(_ request: GuestRequest) async throws -> KeptRun {
    let started = ContinuousClock.now
    let selection = try await selection(request)
    let prepared = try await preparation.prepare(selection)
    let directory = try newRun(of: selection)
    return KeptRun(
      record: try await BoardRun(prepared, in: directory).record(since: started),
      directory: directory)
  }

  /// A run, and where it is kept.
  package struct KeptRun: Sendable {
    package let record: RunRecord
    package let directory: RunFolder
  }
}

extension Session: GuestModel {
  package func board(of request: GuestRequest) throws -> Board {
    try RunSelection.board(of: request, in: installation)
  }

  package func outlook(of request: GuestRequest) async throws -> GuestOutlook {
    let selection = try await selection(request)
    let guest = try await preparation.predictableGuest(of: selection)
    return GuestOutlook(
      board: selection.board, layout: selection.layout,
      askedBytes: guest.askedBytes(by: selection.pools),
      kernel: guest.kernel, facts: guest.facts, memory: guest.memory, tree: guest.blob)
  }
}
