// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records
import ShellWords

/// What to type next: what makes the answer sharper, what changes the pool, what proves the change.
struct NextSteps {
  typealias Step = ExplainedBoot.Step

  let list: [Step]

  init(_ view: BoardView, _ predicted: ExplainedBoot.Predicted, isWrong: Bool) {
    var list: [Step] = []
    if view.tree == nil, view.pools.contains(where: { $0.pool.kind == .deviceTree }) {
      list.append(
        Step(.board, "cp /sys/firmware/fdt board.dtb", "the device tree as the kernel got it"))
      list.append(
        Step(
          .here, "cmalab explain \(ShellLine.quoted(view.log)) --dtb board.dtb",
          "the same with the tree's own nodes"))
    }
    if isWrong, let size = Self.proposal(view, predicted) {
      list.append(
        Step(.commandLine, "cma=\(size.kernelArgument)", "the largest pool that is safe here"))
    }
    if isWrong {
      list.append(Step(.board, "grep Cma /proc/meminfo", "what the change came to"))
    }
    self.list = list
  }

  /// A default pool where one was refused, larger than the board has now.
  private static func proposal(
    _ view: BoardView, _ predicted: ExplainedBoot.Predicted
  ) -> ByteCount? {
    guard view.pools.contains(where: { $0.pool.name == nil && $0.pool.outcome == .refused }),
      predicted.agrees == true, let safe = predicted.safeBytes, safe > .zero
    else { return nil }
    return safe
  }
}
