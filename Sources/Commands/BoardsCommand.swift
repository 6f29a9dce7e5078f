// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Boards
import GuestRequests
import MemoryRequests
import Quantities
import Reports
import Runs

/// `cmalab boards`
struct BoardsCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "boards", _superCommandName: CommandLineTool.name,
    abstract: "List the boards, or draw one.",
    discussion: manual.text,
    subcommands: [ListBoards.self, ShowBoard.self, BoardReference.self],
    defaultSubcommand: ListBoards.self)

  static let manual = CommandManual(
    examples: [
      .init("the boards that there are", "cmalab boards"),
      .init("the address space of one", "cmalab boards show rpi4"),
    ],
    statuses: [
      .success("they are shown"),
      .trouble("a board file is broken"),
    ])
}

/// `cmalab boards list`
struct ListBoards: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the boards with their layouts.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("the boards that there are", "cmalab boards list"),
      .init("those of one maker", "cmalab boards list | grep -A9 -i raspberry"),
    ],
    statuses: [
      .success("they are shown"),
      .trouble("a board file is broken"),
    ])

  func run() throws {
    let catalogue = BoardCatalogue(directory: try HostEnvironment.installation().boards)
    var text = ""
    for name in try catalogue.names() {
      let board = try catalogue.board(named: name)
      text += "\(board.name)  \(board.summary)\n"
      for layout in board.layouts {
        let banks = layout.banks.map { "\($0.start)+\($0.size)" }.joined(separator: ", ")
        let mark = layout.name == board.defaults.layout ? "*" : " "
        text += "  \(mark) \(layout.name): \(banks)\n"
      }
    }
    try StandardOutput.write(text + "(* marks the layout that is taken where none is named)\n")
    let usual = GuestRequest.usualBoard
    NextStep.say(
      NextStep("the address space of one", "cmalab boards show \(usual)"),
      NextStep("whether it can have a pool of 3000 MiB", "cmalab boot --board \(usual) --cma 3000M")
    )
  }
}

/// `cmalab boards show`
struct ShowBoard: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Draw a board's address space.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("every layout of a board", "cmalab boards show rpi4"),
      .init("one layout of a file of your own", "cmalab boards show ./my-board.yaml --layout 4g"),
    ],
    statuses: [
      .success("it is shown"),
      .trouble("the board file is broken"),
    ])

  @Argument(help: "A board's name, or a board file.", completion: Completions.boards)
  var board: String

  @Option(help: "The layout to draw (default: all of them).", completion: Completions.layouts)
  var layout: String?

  func run() throws {
    let catalogue = BoardCatalogue(directory: try HostEnvironment.installation().boards)
    let board: Board
    let layouts: [BoardLayout]
    do {
      board = try catalogue.board(named: self.board)
      layouts = try layout.map { [try board.layout(named: $0)] } ?? board.layouts
    } catch let error as BoardCatalogueError {
      throw ValidationError("\(error)")
    } catch let error as UnknownLayout {
      throw ValidationError("\(error)")
    }
    var text = "\(board.name): \(board.summary)\n\(board.architecture.rawValue), "
    text += "\(board.cpu.count) x \(board.cpu.model), boots with layout "
    let pool = board.defaults.cma.map { "cma=\($0.kernelArgument)" } ?? "no cma="
    text += "\(board.defaults.layout) and \(pool)\n\n"
    for layout in layouts {
      text += map(of: layout, on: board).text(in: StandardOutput.style)
      text += Self.unplaced(in: layout) + "\n"
    }
    text += "Sources:\n" + board.sources.map { "  \($0)\n" }.joined()
    try StandardOutput.write(text)
  }

  /// What of a layout's reserved memory has an address, and lies in a bank.
  private static func reserved(in layout: BoardLayout) -> [AddressMap.Segment] {
    let regions = layout.reserved.map(\.region).flatMap { region -> [AddressMap.Segment] in
      guard case .fixed(let ranges) = region.placement else { return [] }
      return ranges.map {
        AddressMap.Segment(
          $0, region.nodeName, kind: region.isReusable && !region.isNoMap ? .pool : .carveOut)
      }
    }
    return regions
      + layout.memoryReservations.map {
        AddressMap.Segment($0, "memreserve", kind: .carveOut)
      }
  }

  /// What of it the kernel has to find a place for, a line each.
  private static func unplaced(in layout: BoardLayout) -> String {
    layout.reserved.map(\.region).compactMap { region in
      guard case .dynamic = region.placement else { return nil }
      return "  the kernel places \(region)\n"
    }.joined()
  }

  private func map(of layout: BoardLayout, on board: Board) -> AddressMap {
    var map = AddressMap(
      title: "layout \(layout.name): \(layout.summary)", banks: layout.banks,
      segments: layout.inventedRAM.map {
        AddressMap.Segment($0, "not on the hardware", kind: .invented)
      } + Self.reserved(in: layout))
    map.areas += [
      AddressMap.Area(board.devices.gic, "interrupt controller", kind: .device),
      AddressMap.Area(board.devices.uart, "serial console", kind: .device),
    ]
    return map
  }
}
