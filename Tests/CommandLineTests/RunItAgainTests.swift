// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import HostFiles
import HostProcesses
import MemoryRequests
import Quantities
import Records
import Reports
import Runs
import SystemPackage
import Testing

@testable import Commands

/// The line "Run it again" of a run's page, read by a shell and by the parser, asks for the guest
/// of the run.
@Suite struct RunItAgainTests {
  private static let checkout = FilePath(#filePath).removingLastComponent()
    .removingLastComponent().removingLastComponent()
  private static var boards: FilePath { checkout.appending("boards") }

  @Test func eachBoardOfTheCatalogue() async throws {
    let catalogue = BoardCatalogue(directory: Self.boards)
    var count = 0
    for name in try catalogue.names() {
      for layout in try catalogue.board(named: name).layouts {
        var request = GuestRequest(board: name)
        request.layout = layout.name
        #expect(try await Self.readAgain(request) == request)
        count += 1
      }
    }
    #expect(count >= 10)
  }

  /// Wherever the file lies, and with all that a request can say.
  @Test func aBoardFileByItsPath() async throws {
    let folder = FilePath("/tmp/cmalab 'again' $(\(UInt64.random(in: 0 ... .max)))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    let file = folder.appending("rpi4.yaml")
    try HostFile.write(
      try HostFile.read(Self.boards.appending("rpi4.yaml"), limit: 1 << 20), to: file)
    for seed in 0..<20 as Range<UInt64> {
      var random = RandomRequest(seed: seed)
      var request = random.request()
      request.board = file.string
      request.deviceTree = nil
      request.overlays = []
      request.layout = nil
      // What the board cannot be started with has no record.
      request.banks = []
      request.ram = request.ram.map { _ in ByteCount(2 << 30) }
      request.kernel.hasLPAE = false
      var names: Set<String> = ["linux,cma"]
      request.regions = request.regions.filter { names.insert($0.region.nodeName).inserted }
      #expect(try await Self.readAgain(request) == request, "\(seed)")
    }
  }

  /// What the page of a run of this guest asks for.
  private static func readAgain(_ request: GuestRequest) async throws -> GuestRequest {
    let line = try command(of: try await page(of: request))
    let output = try await ToolCommand(
      .named("sh"), ["-c", "cmalab() { printf '%s\\0' \"$@\"; }\n\(line)"]
    ).collect(deadline: .seconds(60))
    try #require(output.status.isSuccess, "\(line)")
    let words = output.standardOutput.split(separator: 0, omittingEmptySubsequences: false)
      .dropLast().map { String(decoding: $0, as: UTF8.self) }
    try #require(words.first == "boot", "\(line)")
    return try BootCommand.parse(Array(words.dropFirst())).request
  }

  /// The page of a run that has not ended.
  private static func page(of request: GuestRequest) async throws -> String {
    let installation = try Installation(
      environment: ["CMALAB_HOME": checkout.string], executable: "/nowhere")
    let selection = try await RunSelection(request, in: installation)
    let record = RunRecord.pending(selection.expectation, artifacts: [:])
    let path = FilePath("/tmp/cmalab-page-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(path)
    defer { try? HostFile.remove(path) }
    let folder = RunFolder(reading: path)
    try folder.write(record)
    return try HTMLReport(
      try RunCollection(readingFrom: path),
      style: AddressMap.Style(width: 80, unicode: false, colour: .none)
    ).document
  }

  /// The first line of the block, as a browser shows it.
  private static func command(of page: String) throws -> String {
    let open = "<pre class=\"command\">"
    let start = try #require(page.firstRange(of: open)).upperBound
    let end = try #require(page[start...].firstRange(of: "</pre>")).lowerBound
    let entities = [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
    ]
    let text = entities.reduce(String(page[start..<end])) { $0.replacing($1.0, with: $1.1) }
    return try #require(text.split(separator: "\n").first.map(String.init))
  }
}
