// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import FlattenedTree
import GuestRequests
import MemoryRequests
import Quantities
import Testing

@testable import Runs

/// What of the words in a board's own tree a guest is told, and which pool they ask for.
@Suite struct OwnTreeArgumentsTests {
  private static func tree(_ bootArguments: String) throws -> OwnTree {
    var tree = try FlattenedTree()
    let chosen = try tree.addNode("chosen", under: .root)
    try tree.set("bootargs", of: chosen, to: .string(bootArguments))
    return try OwnTree(tree.blob)
  }

  @Test(
    arguments: [
      ("console=ttyS0,115200n8 earlycon=uart8250,mmio32,0xff1a0000 cma=64M", "cma=64M"),
      ("quiet loglevel=3 panic=10 root=/dev/mmcblk0p2 ro", "root=/dev/mmcblk0p2 ro"),
      ("initrd=0x48000000,8M rdinit=/bin/sh mem=1G noinitrd", "mem=1G"),
      (
        #"dyndbg="file a.c +p" crashkernel=64M -- console=ttyS1 cma=1M"#,
        #"dyndbg="file a.c +p" crashkernel=64M"#
      ),
      ("", ""),
    ])
  func theBoardsConsoleInitramfsAndEndAreLeftOut(board: String, guest: String) throws {
    #expect(try Self.tree(board).guestBootArguments == guest)
  }

  @Test func withoutAnythingAskedTheTreesPoolApplies() throws {
    let settings = try PoolSettings(
      GuestRequest(), ownTree: try Self.tree("cma=16M cma=64M@0x40000000"))
    #expect(settings.via == .commandLine)
    #expect(
      settings.commandLine
        == PoolRequest(bytes: .mebibytes(64), base: PhysicalAddress(0x4000_0000)))
    let none = try PoolSettings(GuestRequest(), ownTree: try Self.tree("root=/dev/ram"))
    #expect(none.commandLine == nil && none.deviceTree == nil && none.kconfig == nil)
  }

  @Test func whatIsAskedTakesPrecedence() throws {
    var request = GuestRequest()
    try request.set(.cma, to: "128M")
    let tree = try Self.tree("cma=64M")
    #expect(try PoolSettings(request, ownTree: tree).commandLine?.bytes == .mebibytes(128))
    // Asked of Kconfig, it stands beside what the tree's bootargs ask for.
    try request.set(.via, to: "kconfig")
    let settings = try PoolSettings(request, ownTree: tree)
    #expect(settings.commandLine?.bytes == .mebibytes(64) && settings.via == .kconfig)
  }

  @Test(arguments: ["cma=", "cma", "cma=lots"])
  func aPoolThatCannotBeReadIsNamed(words: String) throws {
    let tree = try Self.tree(words)
    let error = #expect(throws: GuestRequestError.self) {
      try PoolSettings(GuestRequest(), ownTree: tree)
    }
    #expect(error?.option == .deviceTree)
    #expect(error?.reason.contains("give --cma") == true)
    var request = GuestRequest()
    try request.set(.cma, to: "32M")
    #expect(try PoolSettings(request, ownTree: tree).commandLine?.bytes == .mebibytes(32))
  }
}
