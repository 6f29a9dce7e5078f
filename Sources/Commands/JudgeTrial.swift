// SPDX-License-Identifier: Apache-2.0

import Boards
import Conformance
import GuestRequests
import HostFiles
import Kernels
import MemoryRequests
import Quantities
import Records
import Runs
import SystemPackage

/// `cmalab conform --judge` on one kernel.
struct JudgeTrial {
  private let asked: GuestRequest.Kernel
  private let kernel: RunSelection.Kernel
  private let folder: FilePath
  private let session: Session
  private let board: Board
  private let layout: BoardLayout

  /// 64 MiB of the board's RAM that its layout, and the files of the boot, leave alone.
  private let area: PhysicalAddress

  /// Each guest's stages last no longer; a slow host has more at once.
  private static let timeout = 120.0

  init(
    _ asked: GuestRequest.Kernel, for architecture: Architecture, _ session: Session,
    in folder: FilePath
  ) throws {
    self.asked = asked
    kernel = try RunSelection.Kernel(asked, for: architecture, session.installation)
    self.folder = folder
    self.session = session
    let catalogue = BoardCatalogue(directory: session.installation.boards)
    switch architecture {
    case .arm64:
      board = try catalogue.board(named: "arm64-4g")
      layout = try board.layout(named: "wide")
      area = PhysicalAddress(0x2000_0000)
    case .arm:
      board = try catalogue.board(named: "arm-am57xx")
      // Without LPAE the kernel ignores what is above 4 GiB, and no guest would pass.
      layout = try board.layout(named: asked.hasLPAE ? "4g" : "stock")
      area = PhysicalAddress(0x8800_0000)
    }
  }

  /// - Returns: whether the three opinions agree on every case.
  func run(_ seeds: Range<UInt64>, jobs: Int) async throws -> Bool {
    let trials = JudgeTrials(
      in: folder,
      makeCase: { [area] seed in
        var generator = JudgeCaseGenerator(seed: seed, area: area)
        return generator.next()
      },
      boot: boot)
    let started = ContinuousClock.now
    let summary = try await trials.run(seeds, jobs: jobs) { found in
      StandardError.say("\(asked.name), case \(found.seed): \(found.differences[0])")
    }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let verdicts = summary.verdicts.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    try StandardOutput.write(
      "\(asked.name): \(summary.compared) layouts judged from seed \(seeds.lowerBound), "
        + "\(summary.ended) ended as predicted, \(summary.disagreements.count) disputed; \(verdicts); "
        + "\(Double(Int(Double(seeds.count) / seconds * 10)) / 10) a second\n")
    for found in summary.disagreements.prefix(10) {
      try StandardOutput.write(
        "\n\(asked.name), case \(found.seed): \(found.differences.joined(separator: "; "))\n"
          + found.made.description)
    }
    return summary.disagreements.isEmpty
  }

  private func boot(_ made: JudgeCase, _ place: FilePath) async throws -> (RunRecord, [UInt8]) {
    try HostFile.createDirectory(place)
    var fragment: FilePath?
    if let source = made.fragment {
      let file = place.appending("case.dts")
      try HostFile.write(Array(source.utf8), to: file)
      fragment = file
    }
    var request = GuestRequest(board: board.name)
    request.layout = layout.name
    request.pools.asked = made.pool
    request.kernel = asked
    request.regions = made.regions.map { RequestedRegion(region: $0) }
    request.fragment = fragment
    request.appended = made.appended
    // Of a guest without any default pool, which no request asks for: boards have one of their own.
    let selection = RunSelection(
      request: request, board: board, layout: layout,
      pools: PoolSettings(via: .commandLine, commandLine: made.pool),
      kernel: kernel,
      cpuCount: 1, regions: request.regions, memoryReservations: [], fragment: fragment,
      appended: made.appended, tests: [],
      timeout: Self.timeout)
    let started = ContinuousClock.now
    let run = RunFolder(reading: place.appending("run"))
    let record = try await BoardRun(try await session.preparation.prepare(selection), in: run)
      .record(since: started)
    return (record, try HostFile.read(run.console, limit: 64 << 20))
  }
}
