// SPDX-License-Identifier: Apache-2.0

import Kernels
import Reports
import TextTable

/// What of a tree's own configuration is otherwise, so that a guest can boot its kernel.
struct ConfigurationTable {
  /// `imx_v8_defconfig of linux`.
  let name: String
  let changes: [ConfigurationChange]

  /// A line, and below it a row per option; no newline at its end.
  var text: String {
    guard !changes.isEmpty else { return "\(name) has all that a guest needs" }
    let rows = PlainTable.text(of: changes, indent: "  ") { change in
      [
        Column(title: "option", value: change.name),
        Column(title: "was", value: change.before ?? "n"),
        Column(title: "asked", value: change.asked ?? "-"),
        Column(title: "got", value: change.after ?? "n"),
      ]
    }
    let count = changes.count == 1 ? "1 option" : "\(changes.count) options"
    return "\(count) of \(name) changed for the guest ('-': what follows from others):\n"
      + rows.dropLast()
  }
}
