// SPDX-License-Identifier: Apache-2.0

package import Records

/// The formats that are a picture by itself.
enum PictureFormat {
  static let name = "svg"
  static let purpose = "the memory map by itself, for a ticket or a document"

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  static func document(
    of map: MapDrawing?, heading: String, answer: String?
  ) throws -> String {
    try Templates.render(Picture(map, heading: heading, answer: answer))
  }
}

/// A run's map.
package struct RunSVG: Report {
  package static let name = PictureFormat.name
  package static let purpose = PictureFormat.purpose

  private let record: RunRecord

  package init(_ record: RunRecord, style: AddressMap.Style) { self.record = record }

  /// - Throws: as `PictureFormat.document(of:heading:answer:)`.
  package var document: String {
    get throws {
      try PictureFormat.document(
        of: MapDrawing(record), heading: record.title,
        answer: "\(record.verdict.rawValue.uppercased()): \(record.reason)")
    }
  }
}

/// What is predicted of a guest.
package struct PredictionSVG: Report {
  package static let name = PictureFormat.name
  package static let purpose = PictureFormat.purpose

  private let guest: PredictedGuest

  package init(_ guest: PredictedGuest, style: AddressMap.Style) { self.guest = guest }

  /// - Throws: as `PictureFormat.document(of:heading:answer:)`.
  package var document: String {
    get throws {
      try PictureFormat.document(
        of: MapDrawing(guest), heading: AddressMap(guest).title,
        answer: guest.cause.map { "FAIL: \($0.line)" })
    }
  }
}

/// A board's map, as its log tells it.
package struct ExplanationSVG: Report {
  package static let name = PictureFormat.name
  package static let purpose = PictureFormat.purpose

  private let explanation: Explanation

  package init(_ explanation: Explanation, style: AddressMap.Style) {
    self.explanation = explanation
  }

  /// - Throws: as `PictureFormat.document(of:heading:answer:)`.
  package var document: String {
    get throws {
      let boot = explanation.explained
      return try PictureFormat.document(
        of: boot.flatMap { MapDrawing($0) }, heading: boot?.boardWords ?? explanation.log,
        answer: boot?.summary)
    }
  }
}

/// A single run's map; of many runs, how large pools were over RAM or over reserved memory.
package struct CollectionSVG: Report {
  package static let name = PictureFormat.name
  package static let purpose =
    "a run's memory map by itself, or a chart of the largest pools, for a ticket or a document"

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
    self.collection = collection
  }

  /// Where runs differ neither in RAM nor in reserved memory, the map of the first that is not as it
  /// should be, or else of the first.
  ///
  /// - Throws: as `PictureFormat.document(of:heading:answer:)`.
  package var document: String {
    get throws {
      if !collection.isSingleRun, let chart = ReachChart.all(of: collection).first {
        return try Templates.render(Picture(chart))
      }
      guard let record = (collection.unexpected + collection.cells).first?.record else {
        return try PictureFormat.document(
          of: nil, heading: collection.name, answer: collection.sentence)
      }
      return try RunSVG(record).document
    }
  }
}
