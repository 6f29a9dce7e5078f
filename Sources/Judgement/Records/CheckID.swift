// SPDX-License-Identifier: Apache-2.0

package import Quantities

extension Check {
  /// What is checked, as records and reports name it: stable, for scripts.
  package enum ID: Hashable, Sendable {
    /// Of the machine that was booted, and its kernel.
    package enum Guest: String, Sendable {
      /// The kernel was handed cmalab's blob.
      case deviceTree = "device-tree"
      case commandLine = "command-line"
      case cpus
      case kernel
      case pageSize = "page-size"
      case taint
      /// The kernel's log is short enough to be read.
      case kernelLog = "kernel-log"
    }

    /// Of its RAM, as one source shows it.
    package enum Layout: String, Sendable {
      case deviceTree = "device-tree"
      case systemRAM = "system-ram"
      case memblock
    }

    /// Of the pools, and of the default pool.
    package enum Pool: String, Sendable {
      /// Which setting made the default pool.
      case winner
      case total
      case base
      case size
      case bank
      case reserved
      /// It lies where `cma=` places it.
      case place
    }

    case guest(Guest)
    case layout(Layout)
    case pool(Pool)
    /// A node of /reserved-memory.
    case region(String)
    /// The `/memreserve/` entry that starts there.
    case memoryReservation(PhysicalAddress)
    /// A prediction, held against the guest: compared, without a say in the verdict.
    case prediction
    /// Of a record that another release wrote.
    case unknown(String)
  }
}

extension Check.ID {
  /// Whether it asks if the guest is the machine that was asked for, rather than what it did.
  var isPremise: Bool {
    switch self {
    case .guest, .layout: true
    case .pool, .region, .memoryReservation, .prediction, .unknown: false
    }
  }

  /// Whether it asks for the guest's RAM.
  package var isOfLayout: Bool {
    if case .layout = self { true } else { false }
  }
}

extension Check.ID: RawRepresentable, Codable {
  /// `cma.total`, `region.dsp@50000000`.
  package var rawValue: String {
    switch self {
    case .guest(let what): "guest.\(what.rawValue)"
    case .layout(let what): "layout.\(what.rawValue)"
    case .pool(let what): "cma.\(what.rawValue)"
    case .region(let node): "region.\(node)"
    case .memoryReservation(let start): "memreserve.\(start)"
    case .prediction: "prediction"
    case .unknown(let text): text
    }
  }

  package init(rawValue: String) {
    let parts = rawValue.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.count == 2 ? String(parts[1]) : ""
    let known: Check.ID? =
      switch parts[0] {
      case "guest": Guest(rawValue: name).map { .guest($0) }
      case "layout": Layout(rawValue: name).map { .layout($0) }
      case "cma": Pool(rawValue: name).map { .pool($0) }
      case "region": .region(name)
      case "memreserve": (try? PhysicalAddress(parsing: name)).map { .memoryReservation($0) }
      case "prediction": .prediction
      default: nil
      }
    self = known.flatMap { $0.rawValue == rawValue ? $0 : nil } ?? .unknown(rawValue)
  }
}

extension Check.ID: CustomStringConvertible {
  package var description: String { rawValue }
}
