// SPDX-License-Identifier: Apache-2.0

import Boards
import Testing
import YAMLFiles

@Suite struct BrokenBoardTests {
  @Test(arguments: Fault.ofShape + Fault.ofFigures + Fault.ofSyntax)
  func eachFaultIsNamedInItsPlaceWithARemedy(fault: Fault) throws {
    let text = SampleBoard.text(with: fault.text, for: fault.lines)
    let error = try #require(SampleBoard.refusal(of: text))
    #expect(error.file == "sample.yaml")
    #expect(error.line == fault.line)
    #expect(error.keyPath == fault.keyPath)
    #expect(error.message.hasPrefix("\(fault.reason): "), "\(error.message)")
    #expect(error.message.count > fault.reason.count + 2)
    #expect(!error.description.contains { $0.isNewline })
  }

  @Test func anErrorReadsAsOneLineThatEditorsJumpTo() {
    let text = SampleBoard.text(with: "    bnaks: []", for: 18...20)
    #expect(
      SampleBoard.refusal(of: text)?.description
        == "sample.yaml:18: layouts.wide.bnaks: there is no such key: did you mean 'banks'? "
        + "(known: summary, banks, physical-ram, reserved, memreserve)")
  }

  @Test func theRemedyNamesTheNearestSizeThatIsNotZero() {
    let text = SampleBoard.text(with: "      - { base: 0x1800, size: 17 }", for: 14...14)
    #expect(SampleBoard.refusal(of: text)?.message.hasSuffix("use 0x1000 or 0x2000") == true)
    let small = SampleBoard.text(with: "      - { base: 0x1000, size: 17 }", for: 14...14)
    #expect(SampleBoard.refusal(of: small)?.message.hasSuffix(": use 0x1000") == true)
  }

  @Test func aHugeFigureIsNotRepeatedInFull() throws {
    let figure = String(repeating: "9", count: 5000)
    let text = SampleBoard.text(with: "      - { base: 0x0, size: \(figure) }", for: 14...14)
    let error = try #require(SampleBoard.refusal(of: text))
    #expect(error.keyPath == "layouts.stock.banks[0].size")
    #expect(error.message.count < 150)
  }

  /// Nine lists of nine aliases each would be 9^9 nodes to walk or to hash.
  @Test(arguments: ["a8: *a8", "? *a8 : x"])
  func aliasesDoNotBlowUp(use: String) throws {
    var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in 1...8 {
      let copies = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(copies)]")
    }
    let error = try #require(SampleBoard.refusal(of: (lines + [use]).joined(separator: "\n")))
    #expect(error.message.hasPrefix("more than 8 YAML aliases"))
  }

  @Test(arguments: ["[", "{ a: ", "- "])
  func depthDoesNotExhaustTheStack(opening: String) throws {
    let error = try #require(
      SampleBoard.refusal(of: "summary:\n " + String(repeating: opening, count: 60_000)))
    #expect(error.message.hasPrefix("no valid YAML"))
  }

  @Test func anAliasMayNotStandForAKey() {
    // With the anchor first, in the order of the file, whatever it is used for.
    let error = SampleBoard.refusal(of: "name: &n sample\n? *n\n: x")
    #expect(error?.keyPath == "name")
    #expect(error?.line == 1)
  }

  /// Whatever line is lost, the file is refused in one line or reads as a board.
  @Test(arguments: 1...SampleBoard.lines.count)
  func aLostLineNeverCrashes(line: Int) {
    do {
      let board = try SampleBoard.board(SampleBoard.text(with: "", for: line...line))
      #expect(board.layouts.count == 2)
    } catch let error as YAMLFileError {
      #expect(!error.message.isEmpty)
    } catch {
      Issue.record(error)
    }
  }

  /// A file cut at any byte is refused, or it is whole.
  @Test func aCutFileNeverPasses() throws {
    let whole = try SampleBoard.board()
    let text = SampleBoard.text
    for cut in text.indices {
      if let board = try? SampleBoard.board(String(text[..<cut])) {
        #expect(text[cut...].allSatisfy { "nowhere".contains($0) })
        #expect(board.layouts == whole.layouts)
      }
    }
  }
}
