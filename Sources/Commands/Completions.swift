// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import Kernels
import Runs
import SystemPackage

/// The names that a shell offers for an option, asked for when the user presses Tab. Where they
/// cannot be told, nothing is offered: a prompt is no place for an error.
enum Completions {
  static let boards = CompletionKind.custom { _, _, _ in boardNames }

  /// The layouts of the board that the line has named so far, else of the default one.
  static let layouts = CompletionKind.custom { words, _, _ in layoutNames(in: words) }

  static let kernels = CompletionKind.custom { _, _, _ in kernelNames }

  private static var catalogue: BoardCatalogue? {
    (try? HostEnvironment.installation()).map { BoardCatalogue(directory: $0.boards) }
  }

  private static var boardNames: [String] { (try? catalogue?.names()) ?? [] }

  private static func layoutNames(in words: [String]) -> [String] {
    guard let catalogue else { return [] }
    let named =
      words.lastIndex(of: "--board").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
      // A board that is drawn is named without an option.
      ?? words.first { boardNames.contains($0) }
    let board = try? catalogue.board(named: named ?? GuestRequest.usualBoard)
    return board?.layouts.map(\.name) ?? []
  }

  private static var kernelNames: [String] {
    guard let installation = try? HostEnvironment.installation(),
      let lines = try? KernelLines(configuration: installation.kernelConfiguration)
    else { return [] }
    return lines.lines.map(\.name)
  }
}
