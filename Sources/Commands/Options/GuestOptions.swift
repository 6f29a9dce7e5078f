// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests

/// The guest whose pools a command looks at: its board, what it is asked for, and its kernel.
struct GuestOptions: GuestOptionGroup {
  @OptionGroup var board: BoardOptions

  @OptionGroup var ownTree: OwnTreeOptions

  @OptionGroup var pool: PoolOptions

  @OptionGroup var regions: RegionOptions

  @OptionGroup var files: FileOptions

  @OptionGroup var kernel: KernelOptions

  func apply(to request: inout GuestRequest) {
    for group in [board, ownTree, pool, regions, files, kernel] as [any GuestOptionGroup] {
      group.apply(to: &request)
    }
  }

  func validate() throws {
    try ownTree.check(board)
  }
}
