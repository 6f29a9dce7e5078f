// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

@testable import Reports

/// What other programs make of the documents: a browser, an XML parser, a JSON validator.
@Suite struct ConformanceTests {
  private static let conformance = SampleMatrix.tests.appending("Conformance")
  private static let validator = SampleMatrix.tests.removingLastComponent()
    .pushing("RecordsTests/validate.py")
  private static let schemas = SampleMatrix.tests.removingLastComponent().removingLastComponent()
    .pushing("Sources/Judgement/Records/Schemas")

  @Test func aBrowserShowsThePage() async throws {
    let html = try HTMLReport(SampleMatrix.hostileCollection).document
    let seen = try await withFile(html, named: "page.html") { page in
      let output = try await ToolCommand(
        .path("/usr/bin/python3"),
        [Self.conformance.appending("browse.py").string, page.string]
      ).output(deadline: .seconds(120))
      return try JSONDecoder().decode(Seen.self, from: Data(output))
    }
    #expect(seen.console.isEmpty, "the console has messages")
    #expect(seen.requests == [])
    #expect(seen.scripts == 0)
    #expect(!seen.broken, "a script ran")
    #expect(seen.text.contains("<script>alert(1)</script>\u{241b}[31m"))
    #expect(seen.seconds < 2)
    #expect(seen.overflow.isEmpty, "it is wider than the window")
    #expect(seen.contrast.ratio >= 4.5, "\(seen.contrast)")
    #expect(seen.unnamed == [], "something has no name for a screen reader")
    // Every link of the heat map is met by the Tab key, in order, and is seen to have the focus.
    #expect(seen.walk.first?.name == "Skip to the content")
    let cells = seen.walk.filter { $0.heat && $0.href != nil }
    #expect(Set(cells.compactMap(\.href)).count == 9)
    #expect(seen.walk.allSatisfy { $0.seen || $0.tag == "BODY" })
    // Return on the first of them shows its page in place of the overview.
    #expect(seen.narrow == [], "a check is cut at 500 pixels")
    // The map and the list, and no page of a run.
    #expect(seen.sheets <= 3)
    try expectOwnMarks(in: seen, of: SampleMatrix.hostileCollection)
    #expect(seen.followed == Seen.Followed(link: "#c0", place: "#c0", cell: true, overview: false))
  }

  /// A check has the mark of its own verdict, whatever its run came to; banks are told from what
  /// lies in them.
  private func expectOwnMarks(in seen: Seen, of collection: RunCollection) throws {
    let marks: [Verdict: String] = [.pass: "\u{2713}", .fail: "\u{2715}", .inconclusive: "?"]
    for (number, cell) in collection.cells.enumerated() {
      let rows = try #require(seen.marks["c\(number)"])
      #expect(rows.map { $0[1] } == cell.record.checks.map { marks[$0.verdict] ?? "" })
      let ranges = try #require(seen.weights["c\(number)"])
      #expect(ranges.count > cell.record.request.banks.count)
      for range in ranges {
        let isBank = range[2].hasPrefix("bank ")
        #expect(range[0] == (isBank ? "b" : "") && range[1] == (isBank ? "650" : "400"))
      }
    }
    let failed = collection.cells.filter { $0.outcome == .fail }
    #expect(failed.contains { Set($0.record.checks.map(\.verdict)) == [.pass, .fail] })
  }

  /// The kernel's source, as Debian's linux-source packages have it; nil where none is installed.
  private static let kernelSource = FilePath("/usr/src").newestKernelSource

  @Test(
    .enabled(
      if: kernelSource != nil,
      "/usr/src has no linux-source-*.tar.xz, of which tools/testing/kunit reads KTAP"))
  func theKernelsOwnParserReadsTheKTAPFile() async throws {
    let source = try #require(Self.kernelSource)
    let collection = try SampleMatrix.hostileCollection
    let ktap = KTAPReport(collection).document
    #expect(ktap.hasPrefix("KTAP version 1\n1..1\n"))
    try await withFile(ktap, named: "results.ktap") { file in
      let output = try await ToolCommand(
        .path("/usr/bin/python3"),
        [Self.conformance.appending("ktap.py").string, source.string, file.string]
      ).output(deadline: .seconds(300))
      let read = try JSONDecoder().decode(ReadResults.self, from: Data(output))
      #expect(read.errors == 0)
      #expect(read.suite == collection.name && read.status == "FAILURE")
      let cells = collection.cells.map {
        ReadResults.Test(name: $0.id, status: $0.isAsExpected ? "SUCCESS" : "FAILURE")
      }
      let missing = collection.missing.map { ReadResults.Test(name: $0.id, status: "SKIPPED") }
      #expect(read.tests == cells + missing)
      #expect(read.log.contains { $0.contains("# crashed: the guest panicked") })
    }
  }

  /// A Python that has kcidb-io, which no distribution has.
  private static let kcidbPython = ProcessInfo.processInfo.environment["CMALAB_KCIDB_PYTHON"]

  @Test(
    .enabled(
      if: kcidbPython != nil,
      "CMALAB_KCIDB_PYTHON names no python3 that has the package kcidb-io of PyPI"))
  func theValidatorOfKCIDBTakesTheSubmission() async throws {
    let python = try #require(Self.kcidbPython)
    for collection in [try SampleMatrix.collection, try SampleMatrix.hostileCollection] {
      try await withFile(try KCIDBReport(collection).document, named: "kcidb.json") { file in
        _ = try await ToolCommand(
          .path(FilePath(python)), [Self.conformance.appending("kcidb.py").string, file.string]
        ).output(deadline: .seconds(120))
      }
    }
  }

  @Test func aSubmissionToKCIDBHasATestOfEachRunAndABuildOfEachKernel() throws {
    let collection = try SampleMatrix.collection
    let document = try JSONSerialization.jsonObject(
      with: Data(try KCIDBReport(collection).document.utf8))
    let submission = try #require(document as? [String: Any])
    #expect(submission["version"] as? [String: Int] == ["major": 5, "minor": 3])
    func rows(_ key: String) throws -> [[String: Any]] {
      try #require(submission[key] as? [[String: Any]])
    }
    let tests = try rows("tests")
    #expect(tests.compactMap { $0["comment"] as? String } == collection.cells.map(\.id))
    #expect(Set(tests.compactMap { $0["id"] as? String }).count == tests.count)
    let status = Set(tests.compactMap { $0["status"] as? String })
    #expect(status == (collection.unexpected.isEmpty ? ["PASS"] : ["PASS", "FAIL"]))
    let builds = try rows("builds")
    #expect(builds.count == Set(collection.cells.map(\.record.request.kernel)).count)
    #expect(
      Set(tests.compactMap { $0["build_id"] as? String })
        == Set(builds.compactMap { $0["id"] as? String }))
    #expect(
      Set(builds.compactMap { $0["checkout_id"] as? String })
        == Set(try rows("checkouts").compactMap { $0["id"] as? String }))
  }

  @Test func anXMLParserReadsTheJUnitFile() async throws {
    let xml = try JUnitReport(SampleMatrix.hostileCollection).document
    try await withFile(xml, named: "junit.xml") { file in
      let xsd = Self.conformance.appending("junit.xsd").string
      _ = try await ToolCommand(.named("xmllint"), ["--noout", "--schema", xsd, file.string])
        .output(deadline: .seconds(120))
      func count(_ path: String) async throws -> String {
        let output = try await ToolCommand(
          .named("xmllint"), ["--xpath", "string(\(path))", file.string]
        ).output(deadline: .seconds(120))
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
      }
      let tests = try await count("count(//testcase)")
      #expect(tests == "10")
      let declared = try await count(
        "concat(//@tests, ' ', //@failures, ' ', //@errors, ' ', //@skipped)")
      #expect(declared == "10 0 1 1")
      let panicked = try await count("//testcase[error]/@name")
      #expect(panicked == "arm64-2g-single-2000M-6_1")
      let console = try await count("//testcase[error]/system-out")
      #expect(console.contains("Kernel panic - not syncing: System is deadlocked on memory"))
      let body = try await count("//testcase[error]/error")
      #expect(body.contains("crashed: the guest panicked"))
      #expect(body.contains("Kernel panic - not syncing: System is deadlocked on memory"))
      let refused = try await count("//testcase[@name='arm64-4g-stock-2046M-5_10']/system-out")
      #expect(refused.contains("<script>alert(1)</script>\u{241b}[31m"))
    }
  }

  @Test func aRunThatFailsIsAFailure() async throws {
    let cells = try SampleMatrix.collection.cells.map { cell in
      RunCollection.Cell(
        id: cell.id, record: cell.record, expected: nil, attempts: 1, excerpt: .none, folder: nil)
    }
    let xml = try JUnitReport(RunCollection(name: "runs", cells: cells)).document
    #expect(xml.contains(#"tests="9" failures="3" errors="1" skipped="0""#))
  }

  @Test func aValidatorTakesTheRecords() async throws {
    let report = try CollectionJSON(SampleMatrix.collection).document
    try await validate(report, as: "report-1.schema.json")
    let matrix = try HostFile.read(SampleMatrix.folder.appending("matrix.json"), limit: 1 << 20)
    try await validate(String(decoding: matrix, as: UTF8.self), as: "matrix-1.schema.json")
    for line in try SampleMatrix.results.split(separator: "\n").prefix(3) {
      try await validate(String(line), as: "matrix-1.schema.json#/$defs/result")
    }
  }

  @Test(arguments: [
    (#""schema" : "cmalab.run/1""#, #""schema" : "cmalab.run/2""#),
    (#""base" : "0x"#, #""base" : ""#),
    (#""verdict" : "pass""#, #""verdict" : "maybe""#),
    (#""cmaBytes" : "#, #""cmaBytes" : -"#),
    (#""reason" : "#, #""because" : "#),
  ])
  func aValidatorRefusesWhatIsNoRecord(_ old: String, _ new: String) async throws {
    let report = try CollectionJSON(SampleMatrix.collection).document
    let broken = report.replacing(old, with: new)
    #expect(broken != report)
    await #expect(throws: ToolError.self) {
      try await validate(broken, as: "report-1.schema.json")
    }
  }

  private func validate(_ document: String, as schema: String) async throws {
    try await withFile(document, named: "document.json") { file in
      _ = try await ToolCommand(
        .path("/usr/bin/python3"),
        [Self.validator.string, Self.schemas.string, schema, file.string]
      ).output(deadline: .seconds(60))
    }
  }

  private func withFile<Result: Sendable>(
    _ text: String, named name: String, _ body: (FilePath) async throws -> Result
  ) async throws -> Result {
    let folder = FilePath("/tmp/cmalab-report-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    let file = folder.appending(name)
    try HostFile.write(Array(text.utf8), to: file)
    return try await body(file)
  }
}

extension FilePath {
  fileprivate var newestKernelSource: FilePath? {
    let names = (try? HostFile.names(in: self)) ?? []
    return names.filter { $0.hasPrefix("linux-source-") && $0.hasSuffix(".tar.xz") }
      .max { $0.compare($1, options: .numeric) == .orderedAscending }.map { appending($0) }
  }
}

/// What ktap.py prints.
private struct ReadResults: Decodable {
  struct Test: Decodable, Equatable {
    let name: String
    let status: String
  }
  let errors: Int
  let suite: String
  let status: String
  let tests: [Test]
  let log: [String]
}

/// What browse.py prints.
private struct Seen: Decodable {
  struct Focus: Decodable {
    let name: String
    let href: String?
    let tag: String
    /// Whether the focus is drawn.
    let seen: Bool
    let heat: Bool
  }
  struct Message: Decodable {}
  struct Contrast: Decodable {
    let ratio: Double
    let element: String

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      ratio = try values.decode(Double.self)
      element = try values.decode(String.self)
    }
  }
  struct Followed: Decodable, Equatable {
    let link: String
    let place: String
    let cell: Bool
    let overview: Bool

    init(link: String, place: String, cell: Bool, overview: Bool) {
      (self.link, self.place, self.cell, self.overview) = (link, place, cell, overview)
    }

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      link = try values.decode(String.self)
      place = try values.decode(String.self)
      cell = try values.decode(Bool.self)
      overview = try values.decode(Bool.self)
    }
  }

  let console: [Message]
  let requests: [String]
  let scripts: Int
  let broken: Bool
  let text: String
  let seconds: Double
  let overflow: [Overflow]
  let contrast: Contrast
  let unnamed: [String]
  let walk: [Focus]
  let followed: Followed
  /// Of each page: class, mark and name of each check; class, weight and label of each range.
  let marks: [String: [[String]]]
  let weights: [String: [[String]]]
  /// Cells of the checks' table that are wider than a window of 500 pixels.
  let narrow: [String]
  /// How many sheets of paper the page takes.
  let sheets: Int

  struct Overflow: Decodable {}
}
