// SPDX-License-Identifier: Apache-2.0
package import Predictions
import Quantities
import Transcripts

/// A prediction against the words of the guest's kernel.
package struct CaseComparison: Hashable, Sendable {
  /// What differs, one phrase each; empty where nothing does.
  package let differences: [String]

  package init(_ prediction: Prediction, console bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    // The records repeat the log.
    let messages = text.split(whereSeparator: \.isNewline).filter { $0.first != "@" }
      .map { Self.message($0) }
    var differences: [String] = []
    if let unknown = prediction.unknown { differences.append("answered unknown: \(unknown)") }

    let reachedUserSpace = text.contains(GuestRecord.firstWords)
    let died = messages.first {
      $0.hasPrefix("Kernel panic - not syncing") || $0.contains("BUG: Bad page state")
        || $0.hasPrefix("Unable to handle kernel") || $0.hasPrefix("Internal error")
    }
    switch (prediction.fatality, died) {
    case (nil, let line?) where prediction.hazards.isEmpty:
      differences.append("the guest died: \(line)")
    case (let fatality?, nil) where reachedUserSpace:
      differences.append("the guest lives, without \(fatality.rawValue)")
    case (nil, nil) where !reachedUserSpace && prediction.hazards.isEmpty:
      differences.append("the guest said nothing more")
    default: break
    }

    let due = prediction.messages
    // Where memory is short there may be none for the bitmap of an area (cma_activate_area).
    let isShort =
      prediction.fatality == .outOfMemory || prediction.hazards.contains(.littleMemory)
    let said = messages.filter {
      let isExcused = isShort && $0.hasSuffix("could not be activated") && !due.contains($0)
      return Self.isAboutPools($0) && !isExcused
    }
    if prediction.fatality == nil || !said.isEmpty {
      // A kernel that dies, or hangs on a hazard, says only the beginning.
      let isDoomed = prediction.fatality != nil || !prediction.hazards.isEmpty
      let ended = died != nil || !reachedUserSpace && isDoomed
      let isCut = ended && due.starts(with: said)
      if said != due, !isCut {
        let index = zip(said, due).prefix { $0 == $1 }.count
        differences.append(
          "message \(index): said '\(index < said.count ? said[index] : "nothing")', "
            + "predicted '\(index < due.count ? due[index] : "nothing")'")
      }
    }
    if let line = messages.first(where: { $0.hasPrefix("Memory: ") }),
      let total = Self.reserved(line)
    {
      let due = prediction.pools.reduce(0) { $0 + $1.range.size.bytes } >> 10
      if total != due { differences.append("cma-reserved \(total)K, predicted \(due)K") }
    }
    self.differences = differences
  }

  /// Without the time.
  private static func message(_ line: Substring) -> String {
    guard line.first == "[", let end = line.firstIndex(of: "]") else { return String(line) }
    return String(line[line.index(after: end)...].drop { $0 == " " })
  }

  private static let prefixes = [
    "cma: ", "OF: reserved mem: ", "OF: fdt: Reserved memory: ", "Reserved memory: ",
    "Skipping dt linux,cma-default", "crashkernel ", "cannot allocate crashkernel",
    "cannot reserve crashkernel",
  ]

  private static func isAboutPools(_ message: String) -> Bool {
    // What is said of an allocation comes after everything that is predicted.
    if message.hasPrefix("cma: cma_alloc: ") { return false }
    return prefixes.contains { message.hasPrefix($0) } || message.contains(") overlaps with ")
      || message.hasPrefix("Reserving ") && message.contains(" for crashkernel ")
  }

  /// `Memory: …, 1024000K cma-reserved)`, or with `, 1310720K highmem)` behind it.
  private static func reserved(_ line: String) -> UInt64? {
    let words = line.split(separator: " ")
    guard let index = words.firstIndex(where: { $0.hasPrefix("cma-reserved") }), index > 0 else {
      return nil
    }
    return UInt64(words[index - 1].dropLast())
  }
}
