// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import MemoryRequests
import Quantities
import SystemPackage
import Testing

@testable import Commands

/// What is written as a command line is read back as the same guest.
@Suite struct BootArgumentsTests {
  private static func parsed(_ request: GuestRequest) throws -> GuestRequest {
    try BootCommand.parse(request.bootArguments).request
  }

  /// The boards of the checkout, each layout, by each way, with what each axis of a matrix can say.
  @Test(arguments: PoolWay.allCases)
  func everyCellOfTheCatalogueComesBack(way: PoolWay) throws {
    let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("boards")
    let catalogue = BoardCatalogue(directory: folder)
    let pages = PageSize.allCases
    let sizes: [UInt64] = [0, 16, 640, 3000]
    var count = 0
    for name in try catalogue.names() {
      let board = try catalogue.board(named: name)
      for layout in board.layouts {
        var request = GuestRequest(board: name)
        request.layout = layout.name
        request.kernel.pageSize = pages[count % pages.count]
        request.pools.asked = PoolRequest(bytes: .mebibytes(sizes[count % sizes.count]))
        request.pools.via = way
        // The layout's own, as if a user had asked for them.
        request.regions = layout.reserved
        request.banks = layout.banks
        request.memoryReservations = layout.memoryReservations
        #expect(try Self.parsed(request) == request, "\(request.commandLine)")
        count += 1
      }
    }
    #expect(count >= 10)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func anyGuestComesBack(seed: UInt64) throws {
    var random = RandomRequest(seed: seed)
    let request = random.request()
    #expect(try Self.parsed(request) == request, "\(request.commandLine)")
  }

  /// Else the test above is blind for an option that nobody makes.
  @Test func aHundredGuestsUseEveryOption() {
    let used = (0..<100 as Range<UInt64>).reduce(into: Set<GuestOption>()) { used, seed in
      var random = RandomRequest(seed: seed)
      used.formUnion(random.request().options.map(\.option))
    }
    #expect(
      Set(GuestOption.allCases).subtracting(used) == [.imageSize], "what boots has its image")
  }

  @Test func filesAreNamedFromTheRoot() throws {
    let arguments = ["--board", "./mine.yaml", "--kernel-image", "Image", "--dts-append", "x.dts"]
    let request = try BootCommand.parse(arguments).request
    #expect(request.board.hasPrefix("/") && request.board.hasSuffix("/mine.yaml"))
    #expect(!request.board.contains("/./"))
    #expect(request.fragment?.isAbsolute == true)
    guard case .image(let path) = request.kernel.source else {
      Issue.record("there is no image")
      return
    }
    #expect(path.isAbsolute)
    let tree = try BootCommand.parse(["--dtb", "board.dtb"]).request.deviceTree
    #expect(tree?.isAbsolute == true && tree?.lastComponent == "board.dtb")
  }
}
