// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// A board file, with the origin of each figure as its comment.
struct BoardFileText {
  let text: String

  /// - Parameters:
  ///   - files: of which the board is made.
  ///   - hasTree: whether the board's own tree lies beside it.
  ///   - hasConfiguration: whether the kernel's .config lies beside it.
  init(
    _ board: ImportedBoard, name: String, files: [String], missing: [ExplainedBoot.Missing],
    hasTree: Bool, hasConfiguration: Bool
  ) {
    var lines = ["# \(board.model.value), as \(files.joined(separator: " and ")) show it."]
    lines += board.remarks.map { "# \($0)" }
    if !missing.isEmpty {
      lines += ["#", "# Not told, and what shows it on the board:"]
      lines += missing.map { "#   \($0.what): \($0.command)" }
    }
    lines += [
      "name: \(name)", "summary: \(board.model.value.quoted)  # \(board.model.origin)",
      "architecture: \(board.architecture.value.rawValue)  # \(board.architecture.origin)",
      "cpu: { model: \(Self.cpu(board)), count: \(board.cpuCount.value) }  "
        + "# \(board.cpuCount.origin)",
      "# Where no bank and no region is: the guest's own devices, and not the board's.",
      "devices: { \(Self.devices(board)) }" + (board.dmaLimit.map { "  # \($0.origin)" } ?? ""),
      "", "physical-ram:",
    ]
    lines += board.banks.map { bank in
      "  - { \(bank.value.entry), source: \(bank.origin.quoted) }"
    }
    lines += [
      "", "layouts:", "  stock:", "    summary: as the board's kernel found it", "    banks:",
    ]
    lines += board.banks.map { "      - { \($0.value.entry) }  # \($0.origin)" }
    lines += Self.regions(board, areComments: hasTree)
    if hasTree { lines += ["", "device-tree: \("\(name).dtb".quoted)  # \(board.treeOrigin)"] }
    let loader = board.loader?.lines ?? []
    if !loader.isEmpty { lines += [""] + loader }
    if let kernel = board.kernel {
      lines += [""] + kernel.lines(configuration: hasConfiguration ? "\(name).config" : nil)
    }
    let pool = board.pool.map { ", cma: \($0.value.kernelArgument) }  # \($0.origin)" }
    lines += [
      "", "defaults: { layout: stock" + (pool ?? " }  # nothing tells of a default pool"), "",
      "sources:",
    ]
    lines += files.map { "  - \("\($0): the board's own".quoted)" }
    text = lines.map { $0.plain + "\n" }.joined()
  }

  /// What a layout has beside its banks.
  ///
  /// - Parameter areComments: whether a tree has the same.
  private static func regions(_ board: ImportedBoard, areComments: Bool) -> [String] {
    var lines: [String] = []
    if !board.regions.isEmpty {
      lines += ["    reserved:"] + board.regions.map { "      - { \($0.entry) }  # \($0.origin)" }
    }
    if !board.memoryReservations.isEmpty {
      lines += ["    memreserve:"]
      lines += board.memoryReservations.map { "      - { \($0.value.entry) }  # \($0.origin)" }
    }
    guard !areComments else {
      guard !lines.isEmpty else { return [] }
      return ["    # The regions are the tree's below; the same in the words of a board file:"]
        + lines.map { "    # \($0.dropFirst(4))" }
    }
    return board.omitted.map { "    # left out: \($0)" } + lines
  }

  /// One that QEMU has: the pools do not depend on it. What runs below a 64-bit monitor has to have
  /// both instruction sets.
  private static func cpu(_ board: ImportedBoard) -> String {
    board.architecture.value == .arm ? "cortex-a57" : "cortex-a53"
  }

  private static func devices(_ board: ImportedBoard) -> String {
    let windows = zip(["gic", "uart"], board.windows).map { "\($0): \($1.start)" }
    return (windows + (board.dmaLimit.map { ["dma-limit: \($0.value)"] } ?? []))
      .joined(separator: ", ")
  }
}

extension PhysicalRange {
  fileprivate var entry: String { "base: \(start), size: \(size.figure)" }
}

extension ByteCount {
  /// In the unit that divides it, else hexadecimal.
  var figure: String {
    bytes & 0xf_ffff == 0 ? kernelArgument : "0x" + String(bytes, radix: 16)
  }
}

extension ImportedRegion {
  /// In the order of `--region`'s words.
  fileprivate var entry: String {
    var words = ["name: \(name.quoted)", "size: \(size.figure)"]
    if let address { words.append("at: \(address)") }
    if let alignment { words.append("align: \(alignment.figure)") }
    if !within.isEmpty {
      let places = within.map { "\($0.start)+\($0.size.figure)" }
      words.append(
        "within: "
          + (places.count == 1 ? places[0] : "[\(places.joined(separator: ", "))]"))
    }
    if !isPool { words.append("compatible: none") }
    if isReusable { words.append("reusable: true") }
    if isNoMap { words.append("no-map: true") }
    if isDefault { words.append("default: true") }
    return words.joined(separator: ", ")
  }
}

extension String {
  /// As a double-quoted scalar of YAML 1.2.
  var quoted: String {
    "\"" + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// In one line of printable ASCII, without what looks like an alias: a log's words are in it.
  fileprivate var plain: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { 0x20...0x7e ~= $0.value && $0 != "*" ? $0 : "?" }))
  }
}
