// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import Quantities

extension ExpectedBoot {
  /// What a log says, in the words of a case's answers.
  init(_ boot: LoggedBoot) {
    self.init(
      kernelRelease: boot.release?.value, machine: boot.machine?.value,
      architecture: boot.architecture?.value.rawValue,
      pageSizeBytes: boot.pageSize?.value.size.bytes,
      banks: boot.banks?.value.map {
        Bank(start: $0.start.description, end: $0.last.description)
      },
      commandLineCMA: boot.commandLine?.value.poolArgument,
      pools: boot.pools.map(\.value).map {
        Pool(
          name: $0.name, base: $0.base?.description, bytes: $0.size?.bytes, kind: $0.kind.rawValue,
          outcome: $0.outcome.rawValue)
      },
      cmaTotalBytes: boot.memory?.value.pools?.bytes)
  }

  static func of(_ log: [UInt8]) -> [ExpectedBoot] { BootLog(log).boots.map { ExpectedBoot($0) } }
}
