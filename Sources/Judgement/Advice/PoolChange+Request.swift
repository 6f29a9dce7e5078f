// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
import MemoryRequests

extension GuestRequest.Change {
  /// What a change of a pool's surroundings is for who asks for the guest.
  package init(_ change: PoolChange) {
    self =
      switch change {
      case .places(let deviceTree, let initramfs):
        .places(deviceTree: deviceTree, initramfs: initramfs)
      case .alignment(let request), .window(let request): .pool(request, via: .commandLine)
      case .node(let request): .pool(request, via: .deviceTree)
      case .split(let banks, _): .banks(banks)
      }
  }
}
