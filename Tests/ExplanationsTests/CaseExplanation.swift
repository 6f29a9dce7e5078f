// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import DeviceTrees
import Explanations
import FoundationEssentials
import Quantities
import Records
import SystemPackage

extension BoardLogCase {
  /// Explained by the log and the case's tree.
  func explained() async throws -> [ExplainedBoot] {
    let explainer = Explainer(log: "console.log", tree: try await tree, configuration: nil)
    return explainer.explanation(of: BootLog(try log)).boots
  }

  /// Nil for a case without one.
  var tree: OwnerTree? {
    get async throws {
      guard hasTree else { return nil }
      let blob = try await DTC().blob(of: FilePath(url("board.dts").path)).blob
      return OwnerTree(file: "board.dts", blob: blob)
    }
  }
}

extension ExpectedBoot {
  /// In the words of a case's answers; with `replay`, `cause` and `remedy` as they are explained.
  init(_ boot: ExplainedBoot) {
    self.init(
      kernelRelease: boot.kernelRelease, machine: boot.machine,
      architecture: boot.architecture?.rawValue, pageSizeBytes: boot.pageSizeBytes?.bytes,
      banks: boot.banks.map {
        $0.map { Bank(start: $0.start.description, end: $0.last.description) }
      },
      commandLineCMA: boot.commandLineCMA, pools: boot.pools.map(Pool.init),
      cmaTotalBytes: boot.cmaTotalBytes?.bytes, replay: boot.replay, cause: boot.cause,
      remedy: boot.remedy)
  }
}

extension ExpectedBoot.Pool {
  init(_ pool: ExplainedBoot.Pool) {
    self.init(
      name: pool.name, base: pool.base?.description, bytes: pool.bytes?.bytes,
      kind: pool.kind.rawValue, outcome: pool.outcome.rawValue)
  }
}
