// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// The default pool that a kernel's configuration sets: CONFIG_CMA_SIZE_MBYTES,
/// CONFIG_CMA_SIZE_PERCENTAGE and the choice between them (kernel/dma/Kconfig).
package struct KconfigPool: Hashable, Sendable {
  /// CONFIG_CMA_SIZE_SEL_…
  package enum Selection: String, Hashable, Sendable, CaseIterable {
    case mebibytes = "MBYTES"
    case percentage = "PERCENTAGE"
    case smaller = "MIN"
    case larger = "MAX"
  }

  package let selection: Selection
  /// Whole MiB; zero where only the percentage counts.
  package let bytes: ByteCount
  /// Of all RAM; zero where only the size counts.
  let percentage: UInt64

  private init(_ selection: Selection, bytes: ByteCount, percentage: UInt64) {
    self.selection = selection
    self.bytes = bytes
    self.percentage = percentage
  }

  /// What cmalab's own fragments set (kernel-config/cma.config): no pool.
  package static let none = KconfigPool(.mebibytes, bytes: .zero, percentage: 0)

  /// - Throws: `KconfigPoolError` for a size that is not a whole number of MiB.
  package init(bytes: ByteCount) throws(KconfigPoolError) {
    self.init(.mebibytes, bytes: try Self.wholeMebibytes(bytes), percentage: 0)
  }

  /// Reads `32M`, `10%`, `min:32M,10%` and `max:32M,10%`.
  ///
  /// - Throws: `KconfigPoolError`, `QuantityError`.
  package init(parsing text: String) throws {
    let choices: [(prefix: String, selection: Selection)] = [
      ("min:", .smaller), ("max:", .larger),
    ]
    for (prefix, selection) in choices where text.hasPrefix(prefix) {
      let parts = text.dropFirst(prefix.count)
        .split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[1].hasSuffix("%") else { throw KconfigPoolError.form(text) }
      self.init(
        selection, bytes: try Self.wholeMebibytes(ByteCount(parsing: parts[0])),
        percentage: try Self.percentage(parts[1]))
      return
    }
    if text.hasSuffix("%") {
      self.init(.percentage, bytes: .zero, percentage: try Self.percentage(text[...]))
    } else {
      try self.init(bytes: try ByteCount(parsing: text))
    }
  }

  private static func wholeMebibytes(_ bytes: ByteCount) throws(KconfigPoolError) -> ByteCount {
    guard bytes == .mebibytes(bytes.wholeMebibytes), bytes.wholeMebibytes <= Int32.max else {
      throw .notMebibytes(bytes)
    }
    return bytes
  }

  private static func percentage(_ text: Substring) throws(KconfigPoolError) -> UInt64 {
    guard let number = UInt64(text.dropLast()), number <= 100 else {
      throw .form(String(text))
    }
    return number
  }

  /// The pool that a configuration sets.
  ///
  /// - Parameter value: of the option of that name; nil where it is off.
  package init(setBy value: (_ option: String) -> String?) {
    func number(_ name: String) -> UInt64 { value(name).flatMap { UInt64($0) } ?? 0 }
    let mebibytes = number("CONFIG_CMA_SIZE_MBYTES")
    self.init(
      Selection.allCases.first { value("CONFIG_CMA_SIZE_SEL_\($0.rawValue)") == "y" } ?? .mebibytes,
      bytes: .mebibytes(min(mebibytes, UInt64(Int32.max))),
      percentage: min(number("CONFIG_CMA_SIZE_PERCENTAGE"), 100))
  }

  /// What the kernel asks for (kernel/dma/contiguous.c, dma_contiguous_reserve).
  ///
  /// - Parameters:
  ///   - memory: all RAM that memblock knows, carve-outs included from 5.15 on.
  ///   - pageSize: a percentage is one of whole pages (cma_early_percent_memory).
  package func bytes(of memory: ByteCount, pageSize: ByteCount) -> ByteCount {
    let pages = memory.bytes / pageSize.bytes
    let part = ByteCount(pages * percentage / 100 * pageSize.bytes)
    return switch selection {
    case .mebibytes: bytes
    case .percentage: part
    case .smaller: min(bytes, part)
    case .larger: max(bytes, part)
    }
  }

  /// Every option that ``options`` may have.
  package static let optionNames =
    Selection.allCases.map { "CONFIG_CMA_SIZE_SEL_\($0.rawValue)" }
    + ["CONFIG_CMA_SIZE_MBYTES", "CONFIG_CMA_SIZE_PERCENTAGE"]

  /// The options that a kernel's configuration needs for it, each with its value; nil is off.
  package var options: [(name: String, value: String?)] {
    var options: [(name: String, value: String?)] = Selection.allCases.map {
      ("CONFIG_CMA_SIZE_SEL_\($0.rawValue)", $0 == selection ? "y" : nil)
    }
    // Each of the two has no prompt where the choice makes nothing of it.
    if selection != .percentage {
      options.append(("CONFIG_CMA_SIZE_MBYTES", "\(bytes.wholeMebibytes)"))
    }
    if selection != .mebibytes {
      options.append(("CONFIG_CMA_SIZE_PERCENTAGE", "\(percentage)"))
    }
    return options
  }
}

extension KconfigPool: CustomStringConvertible {
  /// As ``init(parsing:)`` reads it.
  package var description: String {
    let size = bytes.kernelArgument
    return switch selection {
    case .mebibytes: size
    case .percentage: "\(percentage)%"
    case .smaller: "min:\(size),\(percentage)%"
    case .larger: "max:\(size),\(percentage)%"
    }
  }
}

extension KconfigPool: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(parsing: container.decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Why a text is no pool that a kernel's configuration can set.
package enum KconfigPoolError: Error, Hashable, Sendable, CustomStringConvertible {
  case form(String)
  case notMebibytes(ByteCount)

  package var description: String {
    switch self {
    case .form(let text):
      "'\(text)' is not a Kconfig pool: write 32M, 10%, min:32M,10% or max:32M,10%"
    case .notMebibytes(let bytes):
      "\(bytes) is not a whole number of MiB, and CONFIG_CMA_SIZE_MBYTES takes nothing else: "
        + "round it to MiB"
    }
  }
}
