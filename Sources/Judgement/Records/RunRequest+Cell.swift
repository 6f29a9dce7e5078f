// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Quantities

extension RunRequest {
  /// What a cell asks for and this does not, in words; nil where nothing tells the two apart.
  func contradiction(to cell: MatrixCell) -> String? {
    let asked = cell.request
    // A board file's own name is not in the record, and neither is a device tree's.
    let isFile =
      asked.deviceTree != nil || asked.board.contains("/") || asked.board.hasSuffix(".yaml")
    // Neither is a layout's, whose banks are others.
    let hasOtherRAM = asked.ram != nil || !asked.banks.isEmpty
    var line: String?
    if case .line(let name) = asked.kernel.source { line = name }
    // Of several ways to ask for a pool, the record's is the one that was looked at.
    let isOneWay = asked.pools.deviceTree == nil && asked.pools.kconfig == nil
    let size = isOneWay ? asked.pools.asked?.bytes : nil
    // Of all tests, a guest has those that there is something for.
    let tests = asked.tests.contains(.all) ? [] : asked.tests.map(\.rawValue)
    return differs("board", isFile ? nil : asked.board, board)
      ?? differs("layout", hasOtherRAM ? nil : asked.layout, layout)
      ?? differs("ram", asked.ram, self.asked?.ram)
      ?? differs("kernel", line, kernel)
      ?? differs("page-size", asked.kernel.pageSize, pageSize)
      ?? differs("cpus", asked.cpuCount, cpus)
      ?? differs("cma", size, cmaBytes)
      ?? differs("test", tests.isEmpty ? nil : tests, self.tests)
  }

  private func differs<Value: Equatable>(
    _ name: String, _ asked: Value?, _ has: Value?
  ) -> String? {
    guard let asked, let has, asked != has else { return nil }
    return "\(name) is \(has), and the plan has \(asked)"
  }
}
