// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import Quantities

/// Where the sources of a board file disagree: both, and which one is taken.
struct Remarks {
  let lines: [String]

  init(_ view: BoardView, _ given: GivenConfiguration?) {
    lines =
      Self.ofMemory(view) + Self.ofCommandLine(view) + Self.ofKernel(view, given)
      + Self.ofPools(view, given)
  }

  /// The kernel's own lines are what it was given; /proc/iomem is what it made of that.
  private static func ofMemory(_ view: BoardView) -> [String] {
    guard let taken = view.banks else { return [] }
    let source =
      view.boot.banks != nil ? "the log's" : view.listing.map { "\($0.file)'s" } ?? "the tree's"
    var others: [(name: String, banks: [PhysicalRange])] = []
    if view.boot.banks != nil, let listing = view.listing {
      others.append((listing.file, listing.banks.value))
    }
    if let tree = view.tree, let banks = tree.banks {
      others.append(("the memory nodes of \(tree.file)", banks))
    }
    return others.filter { $0.banks != taken }.map {
      "RAM is \(source); in \($0.name) it is " + $0.banks.map(\.description).joined(separator: ", ")
    }
  }

  /// A board file with which predictions come to something else than the log has: why is not known.
  private static func ofPools(_ view: BoardView, _ given: GivenConfiguration?) -> [String] {
    let why =
      view.tree == nil
      ? "the log does not show all of the node, or of what else takes memory (give the tree with --dtb)"
      : "something takes memory that neither shows"
    return view.displacedPools(configuration: given?.options).map { pool in
      "\(pool.name.map { "'\($0)'" } ?? "the default pool") is at \(pool.logged) in the log, and "
        + "\(pool.predicted) by the model: \(why)"
    }
  }

  private static func ofCommandLine(_ view: BoardView) -> [String] {
    guard let logged = view.boot.commandLine, logged.value.isWhole, let tree = view.tree,
      !tree.commandLine.isEmpty, tree.commandLine != logged.value.text
    else { return [] }
    return ["the command line is the log's; /chosen of \(tree.file) has: \(tree.commandLine)"]
  }

  private static func ofKernel(_ view: BoardView, _ given: GivenConfiguration?) -> [String] {
    guard let given else { return [] }
    var lines: [String] = []
    let boot = view.boot
    if let release = boot.release, let logged = KernelRelease(release.value),
      logged.line != given.release.line
        || logged.patch != nil && given.release.patch != nil && logged.patch != given.release.patch
    {
      lines.append(
        "the release is the log's, \(release.value); \(given.file), which predictions go by, is of "
          + "Linux \(given.release)")
    }
    if let logged = boot.pageSize?.value, let configured = given.pageSize, logged != configured {
      lines.append(
        "the log has pages of \(logged.size), and \(given.file), which predictions go by, of "
          + "\(configured.size)")
    }
    if let pool = view.pools.first(where: { $0.pool.kind == .kconfig })?.pool, let size = pool.size,
      let configured = given.poolMebibytes, size != .mebibytes(configured)
    {
      lines.append(
        "the default pool is the log's, \(size); CONFIG_CMA_SIZE_MBYTES of \(given.file) is "
          + "\(configured)")
    }
    return lines
  }
}

extension GivenConfiguration {
  /// Of an arm64 kernel; nil where it does not say.
  fileprivate var pageSize: PageSize? {
    let known: [(String, PageSize)] = [
      ("ARM64_4K_PAGES", .fourKiB), ("ARM64_16K_PAGES", .sixteenKiB),
      ("ARM64_64K_PAGES", .sixtyFourKiB),
    ]
    return known.first { options[$0.0] == "y" }?.1
  }
}
