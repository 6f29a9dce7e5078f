// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
package import Records

/// What becomes of each pool with another kernel, and by which rules.
package struct UpgradeText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let guest: UpgradedGuest

  package init(_ guest: UpgradedGuest, style: AddressMap.Style) { self.guest = guest }

  package var document: String {
    let title =
      "\(guest.board), layout \(guest.layout), from Linux "
      + words(of: guest.from, guest.fromOrigin) + " to " + words(of: guest.to, guest.toOrigin)
      + shared
    let none = guest.pools.isEmpty ? ["  neither kernel makes a pool"] : []
    let lines =
      [title] + none + guest.pools.flatMap(lines) + endings(guest.from, guest.before)
      + endings(guest.to, guest.after)
    return lines.map { "\($0)\n" }.joined()
  }

  /// A release, its tree, and what configures it where that is its own.
  private func words(of release: String, _ origin: UpgradedGuest.Origin?) -> String {
    [
      release, origin?.tree.map { "(\($0))" },
      origin?.configuration.map { "configured by \($0)" },
    ].compactMap(\.self).joined(separator: " ")
  }

  /// What the two kernels have of the guest's.
  private var shared: String {
    let own = [guest.fromOrigin, guest.toOrigin].count { $0?.configuration != nil }
    return switch own {
    case 0: ", both configured as \(guest.kernel)"
    case 1: ", else configured as \(guest.kernel)"
    default: ", both with the image of \(guest.kernel)"
    }
  }

  private func lines(of pool: UpgradedGuest.Pool) -> [String] {
    let kind = pool.change.rawValue
    let indent = kind + String(repeating: " ", count: max(0, 7 - kind.count))
    let before = words(of: pool.name, in: guest.before)
    let after = words(of: pool.name, in: guest.after)
    let places = before == after ? before : "\(before), then \(after)"
    return ["  \(indent) \(pool.name): \(places)"]
      + pool.rules.map {
        "          \($0.name), \($0.question): \($0.before), then \($0.after)"
      }
      + (pool.options ?? []).map {
        "          \($0.name): \($0.before ?? "n"), then \($0.after ?? "n")"
      }
  }

  private func words(of name: String, in prediction: PredictedRecord) -> String {
    guard let pool = prediction.pools.first(where: { $0.name == name }) else { return "none" }
    let mebibytes = "\(pool.bytes.wholeMebibytes) MiB at \(pool.base)"
    return pool.isActive ? mebibytes : "\(mebibytes), which is not activated"
  }

  private func endings(_ release: String, _ prediction: PredictedRecord) -> [String] {
    [
      prediction.unknown.map { "  with \(release) it cannot be predicted: \($0)" },
      prediction.fatality.map { "  with \(release) the boot fails: \($0.rawValue)" },
      prediction.refusal.map { "  \(release) says: \($0)" },
    ].compactMap(\.self)
  }
}
