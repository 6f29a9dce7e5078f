// SPDX-License-Identifier: Apache-2.0

import Advice
import GuestRequests
import MadeUpGuests
import MemoryRequests
import Quantities
import Records
import Testing

@Suite struct PoolAdvisorTests {
  private static func request(_ values: [(GuestOption, String)]) throws -> GuestRequest {
    var request = GuestRequest(board: "made-up")
    for (option, text) in values { try request.set(option, to: text) }
    return request
  }

  private static func suggestion(
    _ values: [(GuestOption, String)]
  ) async throws -> (Suggestion, proposal: GuestRequest?) {
    try await PoolAdvisor(model: MadeUpModel()).suggestion(for: request(values))
  }

  @Test func whatFitsIsAskedForAsItIs() async throws {
    let (suggestion, proposal) = try await Self.suggestion([(.cma, "64M")])
    #expect(suggestion.outcome == .fits)
    #expect(proposal == (try Self.request([(.cma, "64M")])))
    #expect(suggestion.boot == "cmalab boot --board made-up --cma 64M")
  }

  @Test(
    arguments: [
      ([(.cma, "2046M")], .node, [.via: "dts"]),
      ([(.cma, "30M@0x20000000")], .alignment, [.cma: "32M@0x20000000"]),
      ([(.cma, "3000M")], .inventedSplit, [.bank: "0x0+"]),
      (
        [(.bank, "0x0+1G"), (.cma, "700M"), (.deviceTreeAt, "0x20000000")], .placement,
        [.deviceTreeAt: "0x"]
      ),
    ] as [([(GuestOption, String)], Remedy.Kind, [GuestOption: String])])
  func theProposalIsTheRequestWithOneChange(
    values: [(GuestOption, String)], kind: Remedy.Kind, changed: [GuestOption: String]
  ) async throws {
    let (suggestion, proposal) = try await Self.suggestion(values)
    #expect(suggestion.remedy?.kind == kind)
    let proposed = try #require(proposal)
    for (option, beginning) in changed {
      #expect(proposed.values(of: option).first?.hasPrefix(beginning) == true)
    }
    #expect(suggestion.boot == proposed.commandLine)
  }

  @Test func whereNothingHelpsThereIsNoProposal() async throws {
    let (suggestion, proposal) = try await Self.suggestion([
      (.bank, "0x0+2G"), (.cma, "2030M"),
    ])
    #expect(suggestion.outcome == .none)
    #expect(proposal == nil && suggestion.boot == nil)
    #expect(suggestion.tried.count == Remedy.Kind.allCases.count)
  }

  @Test func aPoolOfNothingIsNotAdvisedOn() async throws {
    let error = await #expect(throws: GuestRequestError.self) {
      try await Self.suggestion([(.cma, "0")])
    }
    #expect(error?.option == .cma)
  }

  /// A .config alone has no kernel to boot, so there is no line to paste.
  @Test func aDescribedKernelHasNoLineToPaste() async throws {
    let (suggestion, _) = try await Self.suggestion([(.cma, "64M"), (.kernelConfig, "/x/.config")])
    #expect(suggestion.outcome == .fits)
    #expect(suggestion.boot == nil)
  }
}

@Suite struct BoardLintTests {
  private static func lint(_ values: [(GuestOption, String)]) async throws -> LintReport {
    var request = GuestRequest(board: "made-up")
    for (option, text) in values { try request.set(option, to: text) }
    return try await BoardLint(model: MadeUpModel()).report(on: request, file: "made-up.yaml")
  }

  @Test func everyLayoutIsLookedAtUnlessOneIsNamed() async throws {
    let all = try await Self.lint([])
    let invented = all.findings.filter { $0.rule.rawValue == "invented-ram" }
    #expect(invented.map(\.place.key) == ["layouts.wide.banks"])
    #expect(invented.map(\.place.file) == ["made-up.yaml"])
    let stock = try await Self.lint([(.layout, "stock")])
    #expect(stock.findings.allSatisfy { $0.rule.rawValue != "invented-ram" })
  }

  @Test func aFaultOfTheCommandLineIsNamedByItsOption() async throws {
    let report = try await Self.lint([(.layout, "stock"), (.cma, "2046M")])
    #expect(report.hasErrors)
    #expect(report.findings.first?.place.key == "--cma, layout stock")
    let banks = try await Self.lint([(.bank, "0x0+3G")])
    #expect(
      banks.findings.contains {
        $0.rule.rawValue == "invented-ram" && $0.place == .option("--bank")
      })
  }

  @Test func aBoardThatIsNotThereIsAnErrorOfItsOption() async {
    let error = await #expect(throws: GuestRequestError.self) {
      try await BoardLint(model: MadeUpModel()).report(on: GuestRequest(board: "x"), file: "x")
    }
    #expect(error?.option == .board)
  }
}
