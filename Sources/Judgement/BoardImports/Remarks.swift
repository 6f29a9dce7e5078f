// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import Quantities

/// What log and tree tell besides, with the options that ask for the same: a board file has no keys
/// for it.
struct Remarks {
  let lines: [String]

  init(_ view: BoardView) {
    let boot = view.boot
    var lines: [String] = []
    if let release = boot.release {
      lines.append("kernel: Linux \(release.value) (\(view.log):\(release.lines[0].number))")
    }
    if let commandLine = boot.commandLine {
      let cut = commandLine.value.isWhole ? "" : ", cut"
      lines.append(
        "command line: \(commandLine.value.text) (\(view.log):\(commandLine.lines[0].number)\(cut))"
      )
    } else if let text = view.tree?.commandLine, !text.isEmpty {
      lines.append("command line: \(text) (\(view.tree?.file ?? ""): /chosen)")
    }
    if let tree = view.tree?.banks, let logged = boot.banks?.value, tree != logged {
      lines.append(
        "RAM is the kernel's own ranges; the tree's memory nodes have "
          + tree.map(\.description).joined(separator: ", "))
    }
    self.lines = lines
  }
}
