// SPDX-License-Identifier: Apache-2.0

package import BootLogs
package import Quantities

/// The kernel of a log, in the words of a .config: what the log shows of it, and what is assumed besides.
package struct LoggedKernel: Hashable, Sendable {
  /// A .config with the options that a prediction asks for.
  package let configuration: String
  /// What the running kernel occupies; nil where nothing tells.
  package let imageSize: ByteCount?

  /// Nil for a log without a release.
  package init?(_ view: BoardView) {
    guard let release = view.release,
      let kernel = BoardOutlook(view, configuration: nil).kernel
    else { return nil }
    let architecture = view.boot.architecture?.value ?? .arm64
    let lines =
      [
        "# Linux/\(architecture.rawValue) \(release) Kernel Configuration",
        "# What predictions ask for, as the log shows it and as distributions have it; the board's own:",
        "# zcat /proc/config.gz",
      ]
      + kernel.options.sorted { $0.key < $1.key }.map { "CONFIG_\($0.key)=\($0.value)" }
    configuration = lines.map { $0 + "\n" }.joined()
    imageSize = view.boot.memory?.value.kernel == nil ? nil : kernel.imageSize
  }
}

extension LoggedBoot {
  /// Where a kernel has its node's data; nil where it says nothing of them, or has several nodes.
  package var nodeData: Logged<Taker>? {
    let all = takers.filter { $0.value.kind == .nodeData }
    return all.count == 1 ? all[0] : nil
  }
}
