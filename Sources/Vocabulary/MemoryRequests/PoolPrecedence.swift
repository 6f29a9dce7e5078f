// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// A setting that can ask the kernel for its default pool.
package enum PoolWay: String, Hashable, Sendable, Codable, CaseIterable {
  /// `cma=`
  case commandLine = "cmdline"
  /// A child of /reserved-memory with `linux,cma-default`.
  case deviceTree = "dts"
  /// CONFIG_CMA_SIZE_MBYTES and its kin.
  case kconfig
}

/// Which of the settings makes the default pool, and why: the same on every line from 5.10 to 7.2.
///
/// Sources, all in kernel/dma/contiguous.c:
/// - early_cma: `cma=` sets `size_cmdline`, which is -1 without it; so `cma=0` counts as given.
/// - rmem_cma_setup (7.2: __rmem_cma_verify_node): with `cma=` given, a node with
///   `linux,cma-default` is refused with -EBUSY; without it, its pool becomes
///   `dma_contiguous_default_area`.
/// - dma_contiguous_reserve, which runs after that: takes `size_cmdline` where it is given and
///   Kconfig's size otherwise, and does nothing for a size of zero or where there is a default area
///   already. So a device-tree default that failed is silently replaced by Kconfig's pool.
///   On 32-bit ARM since 6.13 it runs before static regions are set up: then there are both pools, and
///   the node's is the default area.
package struct PoolPrecedence: Hashable, Sendable {
  /// A node with `linux,cma-default`.
  package struct Node: Hashable, Sendable {
    /// With its unit address.
    package let name: String
    package let bytes: ByteCount

    package init(name: String, bytes: ByteCount) {
      self.name = name
      self.bytes = bytes
    }
  }

  package enum Winner: Hashable, Sendable {
    case commandLine(PoolRequest)
    /// Any of these; of several, the one that the kernel sets up last.
    case deviceTree([Node])
    case kconfig(ByteCount)
    /// There is to be no default pool.
    case nobody
    /// The user's own kernel decides, and its configuration is not known.
    case unknown
  }

  package let commandLine: PoolRequest?
  package let deviceTree: [Node]
  /// What Kconfig asks for, in bytes; nil where the kernel's configuration is not known.
  package let kconfig: ByteCount?

  package init(commandLine: PoolRequest?, deviceTree: [Node], kconfig: ByteCount?) {
    self.commandLine = commandLine
    self.deviceTree = deviceTree
    self.kconfig = kconfig
  }

  package var winner: Winner {
    if let commandLine {
      return commandLine.bytes == .zero ? .nobody : .commandLine(commandLine)
    }
    if !deviceTree.isEmpty { return .deviceTree(deviceTree) }
    guard let kconfig else { return .unknown }
    return kconfig == .zero ? .nobody : .kconfig(kconfig)
  }

  /// The way of the winner; nil where nobody wins, or it is not known.
  package var way: PoolWay? {
    switch winner {
    case .commandLine: .commandLine
    case .deviceTree: .deviceTree
    case .kconfig: .kconfig
    case .nobody, .unknown: nil
    }
  }

  /// Whether the kernel passes nodes with `linux,cma-default` over.
  package var bypassesDeviceTree: Bool { commandLine != nil }

  /// The winner and the reason, in a sentence.
  package var explanation: String { statement + ground }

  /// The same without the reason.
  package var statement: String {
    switch winner {
    case .commandLine(let pool): "cma=\(pool.kernelArgument) on the command line wins"
    case .nobody where commandLine != nil: "cma=0 on the command line: no default pool"
    case .deviceTree(let nodes): "linux,cma-default of \(Self.list(nodes)) wins"
    case .kconfig(let bytes): "Kconfig's pool of \(bytes) is the default pool"
    case .nobody: "nothing asks for a default pool"
    case .unknown: "the kernel's own configuration decides"
    }
  }

  private var ground: String {
    switch winner {
    case .commandLine: beaten(losers)
    case .nobody: commandLine == nil ? "" : beaten(losers)
    case .deviceTree:
      ": there is no cma= on the command line"
        + (kconfig.map { $0 == .zero ? "" : ", and Kconfig's \($0) only stand in where it fails" }
          ?? "")
    case .kconfig, .unknown: ": there is neither cma= nor linux,cma-default"
    }
  }

  private var losers: [String] {
    let nodes = deviceTree.isEmpty ? nil : "linux,cma-default of \(Self.list(deviceTree))"
    let kconfig = kconfig.flatMap { $0 == .zero ? nil : "Kconfig's \($0)" }
    return [nodes, kconfig].compactMap(\.self)
  }

  private func beaten(_ losers: [String]) -> String {
    losers.isEmpty ? "" : ", over " + losers.joined(separator: " and ")
  }

  private static func list(_ nodes: [Node]) -> String {
    nodes.map { "'\($0.name)' (\($0.bytes))" }.joined(separator: ", ")
  }
}
