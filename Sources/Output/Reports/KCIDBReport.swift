// SPDX-License-Identifier: Apache-2.0

import Digests
import GuestRequests
import Quantities
import Records

/// Runs as a submission to KCIDB, the kernel's common database of test results: version 5.3 of its
/// schema, which the Python package kcidb-io has.
///
/// A test is a cell; it passed where the cell came to what was expected of it. A cell that nobody ran
/// has no build, and so no place in a submission.
package struct KCIDBReport: Report {
  package static let name = "kcidb"
  package static let purpose = "a submission to KCIDB, of its schema 5.3"

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
    self.collection = collection
  }

  /// - Throws: `EncodingError`.
  package var document: String {
    get throws { try JSONText.document(Submission(collection)) }
  }

  fileprivate struct Submission: Encodable {
    struct Version: Encodable {
      let major = 5
      let minor = 3
    }

    struct Checkout: Encodable {
      let id: String
      let origin = KCIDBReport.origin
      let comment: String
    }

    enum Status: String, Encodable {
      case pass = "PASS"
      case fail = "FAIL"
      /// The schema's word for a test that cannot tell whether what it tested is faulty.
      case error = "ERROR"
    }

    struct Build: Encodable {
      let id: String
      let checkoutID: String
      let origin = KCIDBReport.origin
      let architecture: String?
      let configuration: String?
      /// A guest ran it.
      let status = Status.pass

      enum CodingKeys: String, CodingKey {
        case id, origin, architecture, status
        case checkoutID = "checkout_id"
        case configuration = "config_name"
      }
    }

    struct Test: Encodable {
      struct Environment: Encodable {
        let comment: String
      }

      struct Details: Encodable {
        let verdict: Verdict
        let reason: String
        /// The command that asks for the run again.
        let command: String?
      }

      let id: String
      let buildID: String
      let origin = KCIDBReport.origin
      let path: String
      let comment: String
      let status: Status
      let startTime: String?
      let duration: Double?
      let excerpt: String
      let environment: Environment
      let misc: [String: Details]

      enum CodingKeys: String, CodingKey {
        case id, origin, path, comment, status, duration, environment, misc
        case buildID = "build_id"
        case startTime = "start_time"
        case excerpt = "log_excerpt"
      }
    }

    let version = Version()
    let checkouts: [Checkout]
    let builds: [Build]
    let tests: [Test]
  }

  fileprivate static let origin = "cmalab"
}

extension KCIDBReport.Submission {
  init(_ collection: RunCollection) {
    let cells = collection.cells
    // A kernel that dies early does not say which one it is; another run of it may.
    let releases = Dictionary(
      cells.compactMap { cell in
        cell.record.observed.kernelRelease.map { (Self.buildID(of: cell.record), $0) }
      }, uniquingKeysWith: { first, _ in first })
    func release(of record: RunRecord) -> String {
      releases[Self.buildID(of: record)] ?? record.request.kernel
    }
    checkouts = Self.distinct(cells.map { release(of: $0.record) }).map { release in
      Checkout(id: Self.checkoutID(of: release), comment: Self.text("Linux \(release)"))
    }
    var seen: Set<String> = []
    builds = cells.map(\.record).filter { seen.insert(Self.buildID(of: $0)).inserted }.map {
      // Of a user's own image nobody said what it was built for.
      Build(
        id: Self.buildID(of: $0), checkoutID: Self.checkoutID(of: release(of: $0)),
        architecture: $0.request.pageSize == nil ? nil : "arm64",
        configuration: $0.request.pageSize.map { "pages of \($0)" })
    }
    tests = cells.map(Self.test)
  }

  private static func test(of cell: RunCollection.Cell) -> Test {
    let record = cell.record
    return Test(
      id: id([
        "test", cell.id, record.made?.host ?? "", record.made?.date ?? "",
        record.digests?["console.log"] ?? "",
      ]),
      buildID: buildID(of: record), path: path(of: cell.id), comment: text(cell.id),
      status: status(of: cell), startTime: record.made?.date,
      duration: record.timing["total"].flatMap { $0.isFinite ? $0 : nil },
      excerpt: text(cell.excerpt.lines.map { "\($0.text)\n" }.joined()),
      environment: .init(
        comment: text(
          "QEMU as board \(record.request.board), layout \(record.request.layout)"
            + (record.made.map { ", on \($0.host)" } ?? ""))),
      misc: [
        "cmalab": .init(
          verdict: record.verdict, reason: text(record.reason),
          command: record.request.asked.map { text($0.commandLine) })
      ])
  }

  private static func status(of cell: RunCollection.Cell) -> Status {
    if cell.isAsExpected { return .pass }
    return cell.outcome == .inconclusive ? .error : .fail
  }

  private static func checkoutID(of release: String) -> String { id(["checkout", release]) }

  /// Of the image where the record has its digest, else of what it was asked to be.
  private static func buildID(of record: RunRecord) -> String {
    if let image = record.digests?["Image"] { return id(["build", image]) }
    return id(["build", record.request.kernel, record.request.pageSize?.rawValue ?? ""])
  }

  /// One that only the same words have.
  private static func id(_ words: [String]) -> String {
    let digest = SHA256Digest(of: Array(words.joined(separator: "\0").utf8))
    return "\(KCIDBReport.origin):\(digest.hexadecimal)"
  }

  /// Dots separate the nodes of the tree of tests, so a cell's own become underscores.
  private static func path(of id: String) -> String {
    let node = id.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "_-".contains(character))
        ? character : "_"
    }
    return "cma." + (node.isEmpty ? "_" : String(node))
  }

  /// Characters that a text may have.
  private static let longestText = 16_000

  /// The schema's texts have no NUL, and excerpts at most 16,384 characters.
  private static func text(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(longestText) {
      kept.append(scalar == "\0" ? "\u{fffd}" : scalar)
    }
    return String(kept)
  }

  private static func distinct(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
