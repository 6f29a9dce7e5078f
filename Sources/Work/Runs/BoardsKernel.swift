// SPDX-License-Identifier: Apache-2.0

import Boards
package import GuestRequests
import MemoryRequests

extension Session {
  /// The request with the kernel that its board runs, as far as the board file describes one and nobody
  /// asks for another: what no guest is started for.
  ///
  /// - Throws: as `RunSelection.board(of:in:)`.
  package func withBoardsKernel(_ request: GuestRequest) throws -> GuestRequest {
    guard request.mayHaveBoardsKernel else { return request }
    return request.describingKernel(of: try RunSelection.board(of: request, in: installation))
  }

  /// Looks everything up that a request names, of a guest that nothing is started for: as
  /// ``selection(_:for:)`` does for ``withBoardsKernel(_:)``, reading the board once.
  package func predictableSelection(_ request: GuestRequest) async throws -> RunSelection {
    try await heedingFragment(
      RunSelection(request, in: installation, describesBoardsKernel: true))
  }
}

extension GuestRequest {
  /// Whether nobody asks for another kernel than the board's.
  fileprivate var mayHaveBoardsKernel: Bool { kernel == Kernel() && deviceTree == nil }

  /// The request with the kernel that its board runs, if it may have that and the board has one.
  func describingKernel(of board: Board) -> GuestRequest {
    guard mayHaveBoardsKernel, let described = board.kernel,
      let configuration = described.configuration
    else { return self }
    var request = self
    request.kernel.configuration = configuration
    request.kernel.imageSize = described.imageSize
    return request
  }
}

extension BoardKernel {
  /// Parameters that give, take or bound memory before the pools.
  private static let ofMemory = [
    "cma_pernuma", "crashkernel", "default_hugepagesz", "hugepages", "hugepagesz", "hugetlb_cma",
    "kernelcore", "mem", "movablecore", "numa_cma", "reserve_mem", "swiotlb", "vmalloc",
  ]

  /// What `cma=` of its command line asks for; nil without one, and for one that cmalab would not write.
  var poolRequest: PoolRequest? {
    guard let value = KernelParameters(arguments ?? "").values(of: "cma").last.flatMap(\.self)
    else { return nil }
    return try? PoolRequest(parsing: String(decoding: value, as: UTF8.self))
  }

  /// What of its command line is for a guest, too.
  var guestArguments: String {
    KernelParameters(arguments ?? "").all
      .filter { parameter in Self.ofMemory.contains(where: parameter.isNamed) }
      .map { String(decoding: $0.text, as: UTF8.self) }
      .joined(separator: " ")
  }
}
