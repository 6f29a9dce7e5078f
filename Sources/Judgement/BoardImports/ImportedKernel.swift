// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import Quantities

/// The kernel that a board runs, as far as anything tells.
struct ImportedKernel: Sendable {
  let release: Figure<String>?
  let arguments: Figure<String>?
  /// The text of its .config, or of one with what is assumed.
  let configuration: Figure<String>?
  let imageSize: Figure<ByteCount>?
  let nodeData: Figure<PhysicalRange>?

  /// Nil where nothing tells of it.
  init?(_ view: BoardView, _ given: GivenConfiguration?) {
    let boot = view.boot
    release =
      boot.release.map { Figure($0.value, view.origin($0.lines)) }
      ?? given.map { Figure($0.release.description, "\($0.file): its first line") }
    guard release != nil else { return nil }
    if let commandLine = boot.commandLine, !commandLine.value.text.isEmpty {
      let cut = commandLine.value.isWhole ? "" : " (cut)"
      arguments = Figure(commandLine.value.text, view.origin(commandLine.lines[0]) + cut)
    } else if let tree = view.tree, !tree.commandLine.isEmpty {
      arguments = Figure(tree.commandLine, "\(tree.file): /chosen")
    } else {
      arguments = nil
    }
    let logged = LoggedKernel(view)
    configuration =
      given.map { Figure($0.text, $0.file) }
      ?? logged.map { Figure($0.configuration, "assumed: as distributions have it") }
    if let kernel = view.listing?.kernel, boot.architecture?.value != .arm {
      // Its header lies at a multiple of 2 MiB (Documentation/arch/arm64/booting.rst).
      let start = kernel.value.imageStart.value
      imageSize = Figure(
        ByteCount(kernel.value.last.value + 1 - start), view.listingOrigin(kernel.lines))
    } else {
      imageSize = logged?.imageSize.map { Figure($0, view.origin(boot.memory?.lines ?? [])) }
    }
    nodeData = boot.nodeData.map { Figure($0.value.range, view.origin($0.lines)) }
  }

  /// The key of a board file, and its value.
  ///
  /// - Parameter file: the .config's name; nil where none is written.
  func lines(configuration file: String?) -> [String] {
    var lines = ["kernel:"]
    if let release { lines.append("  release: \(release.value.quoted)  # \(release.origin)") }
    if let arguments {
      lines.append("  arguments: \(arguments.value.quoted)  # \(arguments.origin)")
    }
    if let file, let configuration {
      lines.append("  config: \(file.quoted)  # \(configuration.origin)")
    }
    if let imageSize {
      lines.append("  image-size: \(imageSize.value.figure)  # \(imageSize.origin)")
    }
    if let nodeData {
      lines.append(
        "  node-data: \(nodeData.value.start)-\(nodeData.value.last)  # \(nodeData.origin)")
    }
    return lines
  }
}

extension PhysicalRange {
  /// Of an arm64 kernel's code and data, the first byte of its image.
  var imageStart: PhysicalAddress { PhysicalAddress(Alignment.block2M.down(start.value)) }
}
