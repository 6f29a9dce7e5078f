// SPDX-License-Identifier: Apache-2.0

import Quantities
package import Records

/// What is predicted of a guest, as one HTML file.
package struct PredictionHTML: Report {
  package static let name = HTMLReport.name
  package static let purpose = HTMLReport.purpose

  private let guest: PredictedGuest

  package init(_ guest: PredictedGuest, style: AddressMap.Style) { self.guest = guest }

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws {
      let page = PredictionPage(guest)
      return try Templates.render(
        HTMLPage(title: page.title, prediction: page, source: "the model"))
    }
  }
}

/// What the template of a prediction shows.
struct PredictionPage: TemplateScope {
  struct List: TemplateScope {
    let heading: String
    let items: [String]
  }

  /// Of what will do, or will not.
  struct Verdict: TemplateScope {
    let kind: String
    let mark: String
    let word: String
    let reason: String
  }

  let title: String
  let verdict: Verdict?
  /// What decides; nil where a ``verdict`` says more.
  let sentence: String?
  let map: MapDrawing?
  let lists: [List]

  init(_ guest: PredictedGuest) {
    let predicted = guest.predicted
    title = "\(guest.board), layout \(guest.layout), kernel \(guest.kernel), predicted"
    let cause = guest.cause
    verdict =
      cause.map { Verdict(.fail, "will fail", $0.line.printable) }
      ?? predicted.answer.map { Verdict(.pass, "fits", $0) }
    sentence =
      cause == nil
      ? predicted.unknown.map { "Cannot be predicted: \($0)" } ?? "\(predicted.reason)." : nil
    map = MapDrawing(guest)
    lists = [
      List(heading: "The kernel will say", items: predicted.messages),
      List(heading: "Assumed", items: predicted.assumptions),
      List(heading: "Remarks", items: predicted.remarks ?? []),
    ].filter { !$0.items.isEmpty }
  }
}

extension PredictionPage.Verdict {
  fileprivate init(_ outcome: Outcome, _ word: String, _ reason: String) {
    self.init(kind: outcome.kind, mark: outcome.mark, word: word, reason: reason)
  }
}

extension PredictedRecord {
  /// Where the pools will be, and how large the default pool could be; nil where there is none.
  fileprivate var answer: String? {
    guard unknown == nil, !pools.isEmpty else { return nil }
    let places = pools.map { "\($0.bytes) at \($0.base)" }.joined(separator: ", ")
    let most = safeBytes.map { "; the largest that is safe: \($0.wholeMebibytes) MiB" } ?? ""
    return places + most
  }
}
