// SPDX-License-Identifier: Apache-2.0
import HostFiles
import Predictions
import Quantities
package import SystemPackage

/// Compares the model with a kernel on many cases.
package struct Conformance: Sendable {
  /// A case on which they differ.
  package struct Mismatch: Sendable {
    package let seed: UInt64
    package let made: ConformCase
    package let differences: [String]
  }

  package struct Summary: Sendable {
    package var compared = 0
    /// Cases that were not booted: no kernel could start there, or no guest has room.
    package var impossible = 0
    package var mismatches: [Mismatch] = []
    /// How often each kind of outcome was predicted.
    package var outcomes: [String: Int] = [:]
    package init() {}
  }

  private let kit: ConformKit
  private let folder: FilePath
  private let consoles: FilePath?

  /// - Parameters:
  ///   - folder: for the guests' files; removed by whoever made it.
  ///   - consoles: where each guest's console log is kept, as `SEED.log`; nil for none.
  package init(_ kit: ConformKit, in folder: FilePath, consoles: FilePath? = nil) {
    self.kit = kit
    self.folder = folder
    self.consoles = consoles
  }

  private enum Outcome: Sendable {
    case impossible
    case compared(Prediction, [String])
  }

  /// Runs the cases of `seeds`, `jobs` at a time.
  package func run(
    _ seeds: Range<UInt64>, jobs: Int, onMismatch: @Sendable (Mismatch) -> Void
  ) async throws -> Summary {
    var summary = Summary()
    try await withThrowingTaskGroup(of: (UInt64, Outcome).self) { group in
      var pending = seeds.makeIterator()
      func startNext() {
        guard let seed = pending.next() else { return }
        group.addTask { (seed, try await compare(made(seed), slot: "\(seed)")) }
      }
      for _ in 0..<jobs { startNext() }
      while let (seed, outcome) = try await group.next() {
        startNext()
        switch outcome {
        case .impossible: summary.impossible += 1
        case .compared(let prediction, let differences):
          summary.compared += 1
          summary.outcomes[Self.kind(prediction), default: 0] += 1
          guard !differences.isEmpty else { continue }
          let mismatch = Mismatch(
            seed: seed, made: try await made(seed), differences: differences)
          summary.mismatches.append(mismatch)
          onMismatch(mismatch)
        }
      }
    }
    return summary
  }

  private func made(_ seed: UInt64) async throws -> ConformCase {
    var generator = CaseGenerator(seed: seed, for: kit.facts.arm)
    var made = generator.next()
    // Every fifth case asks for a pool at the edge of what fits.
    guard seed % 5 == 0 else { return made }
    made.parameters = ""
    let memory: EarlyMemory
    do {
      memory = try await CaseGuest(made, kit).memory
    } catch is ImpossibleCase {
      return made
    }
    let largest = LargestPool(of: kit.facts, with: memory)
    let steps = (seed / 20) % 8
    let size =
      switch (seed / 5) % 4 {
      case 0: largest.fits.bytes
      case 1: largest.fits.bytes + largest.unit.bytes
      case 2: largest.safe.bytes
      default: largest.fits.bytes - min(largest.fits.bytes, steps * largest.unit.bytes)
      }
    made.parameters = "cma=0x\(String(size, radix: 16))"
    return made
  }

  private static func kind(_ prediction: Prediction) -> String {
    if let fatality = prediction.fatality { return fatality.rawValue }
    if let hazard = prediction.hazards.first { return hazard.rawValue }
    if prediction.refusal != nil { return "refused" }
    return prediction.pools.isEmpty ? "no pool" : "pools"
  }

  private func compare(_ made: ConformCase, slot: String) async throws -> Outcome {
    let place = folder.appending(slot)
    // Whoever made the folder removes what is left in it.
    defer { try? HostFile.remove(place) }
    let guest: CaseGuest
    do {
      guest = try await CaseGuest(made, kit)
    } catch is ImpossibleCase {
      return .impossible
    }
    // The prediction is made before there is anything to see.
    let prediction = Prediction(of: kit.facts, with: guest.memory)
    // A kernel that dies before its vectors are there falls silent, and one that overwrites itself
    // may complain without an end. One that lives is never silent for as long.
    let isDoomed = prediction.fatality != nil || !prediction.hazards.isEmpty
    // A kernel with everything in it takes longer to get as far.
    let pace = kit.facts.needsAreMeasured ? 1 : 4
    let outcome = try await guest.boot(
      in: place, deadline: .seconds(isDoomed ? 6 : 60) * pace,
      longestSilence: isDoomed ? .seconds(3) * pace : nil,
      keptConsole: consoles?.appending("\(slot).log"))
    return .compared(prediction, outcome.differences(from: prediction))
  }

  /// The smallest case that still differs, and how.
  package func shrink(_ mismatch: Mismatch) async throws -> Mismatch {
    var smallest = mismatch
    var attempts = 0
    search: while true {
      for candidate in CaseShrinker().smaller(than: smallest.made) {
        guard attempts < Self.shrinkingLimit else { return smallest }
        attempts += 1
        guard
          case .compared(_, let differences) = try await compare(
            candidate, slot: "shrink-\(mismatch.seed)"),
          !differences.isEmpty
        else { continue }
        smallest = Mismatch(seed: mismatch.seed, made: candidate, differences: differences)
        continue search
      }
      return smallest
    }
  }

  /// The most guests that are booted to make one case smaller.
  private static let shrinkingLimit = 60
}
