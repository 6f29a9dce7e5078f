// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Predictions
import Quantities
import Records
import ShellWords

/// What to type next: what makes the answer sharper, what changes the pool, what proves the change.
struct NextSteps {
  typealias Step = ExplainedBoot.Step

  let list: [Step]

  init(_ view: BoardView, _ predicted: ExplainedBoot.Predicted, isWrong: Bool) {
    var list: [Step] = []
    // What came by a pipe is to be written to a file first.
    let log = view.log == Explainer.standardInput ? "LOG" : ShellLine.quoted(view.log)
    if view.tree == nil, view.pools.contains(where: { $0.pool.kind == .deviceTree }) {
      list.append(
        Step(.board, "cp /sys/firmware/fdt board.dtb", "the device tree as the kernel got it"))
      list.append(
        Step(
          .here, "cmalab explain \(log) --dtb board.dtb",
          "the same with the tree's own nodes"))
    }
    if isWrong, let size = Self.proposal(view, predicted) {
      list.append(
        Step(.commandLine, "cma=\(size.kernelArgument)", "the largest pool that is safe here"))
    }
    if isWrong, let tree = view.tree {
      let files = "--log \(log) --dtb \(ShellLine.quoted(tree.file))"
      list.append(
        Step(
          .here, "cmalab import \(files) --output my-board.yaml",
          "a board file, to try sizes and layouts without the board"))
    }
    if isWrong {
      list.append(Step(.board, "grep Cma /proc/meminfo", "what the change came to"))
    }
    self.list = list
  }

  /// A default pool where one was refused, be it a node's, and none took its place.
  private static func proposal(
    _ view: BoardView, _ predicted: ExplainedBoot.Predicted
  ) -> ByteCount? {
    let isRefused = view.pools.contains { pool in
      pool.pool.outcome == .refused
        && (pool.pool.name == nil || view.node(pool.pool.name)?.isDefault == true)
    }
    guard isRefused, view.defaultPool == nil, predicted.agrees == true,
      let safe = predicted.safeBytes, safe > .zero
    else { return nil }
    return safe
  }
}
