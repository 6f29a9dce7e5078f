// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities
package import Records

extension RunRequest {
  /// The same request but for what is named.
  package func but(
    cmaBytes: ByteCount? = nil, pool: PoolRequest? = nil, kconfig: KconfigPool? = nil,
    regions: [Region]? = nil, commandLine: String? = nil, tests: [String]? = nil,
    kernel: String? = nil, pageSize: PageSize? = nil
  ) -> RunRequest {
    RunRequest(
      board: board, layout: layout, banks: banks, inventedRAM: inventedRAM,
      cmaBytes: cmaBytes ?? self.cmaBytes, via: via,
      commandLinePool: pool ?? cmaBytes.map { PoolRequest(bytes: $0) } ?? commandLinePool,
      kconfigPool: kconfig ?? kconfigPool, regions: regions ?? self.regions,
      kernel: kernel ?? self.kernel, pageSize: pageSize ?? self.pageSize, cpus: cpus,
      commandLine: commandLine ?? self.commandLine, tests: tests ?? self.tests,
      deviceTree: deviceTree, placement: placement)
  }
}
