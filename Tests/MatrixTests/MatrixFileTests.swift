// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import Records
import SampleRecords
import Testing
import YAMLFiles

@testable import Matrix

@Suite struct MatrixFileTests {
  private static func matrix(_ yaml: String) throws -> MatrixFile {
    try MatrixFile(YAMLText(file: "m.yaml", yaml: yaml))
  }

  private static func refusal(of yaml: String) -> String? {
    let error = #expect(throws: YAMLFileError.self) { try matrix(yaml) }
    return error?.description
  }

  @Test func axesAreMultipliedInTheirOrder() throws {
    let matrix = try Self.matrix(
      """
      name: edges
      axes:
        cma: [64M, 1G]
        layout: [stock, wide]
      """)
    #expect(matrix.cells.map(\.id) == ["stock_64M", "stock_1G", "wide_64M", "wide_1G"])
    #expect(matrix.cells.allSatisfy { $0.expect == .predicted })
    #expect(
      matrix.cells[1].request.bootArguments == [
        "--board", "arm64-4g", "--layout", "stock", "--cma", "1G",
      ])
  }

  @Test func aBoardsOwnTreeAndItsBanksAreAxes() throws {
    let matrix = try Self.matrix(
      """
      name: ram
      axes:
        dtb: [board.dtb]
        bank: [["1G+512M"], ["1G+2G", "4G+2G"]]
        kernel-at: ["0x42000000"]
      """)
    #expect(
      matrix.cells.map(\.request.bootArguments) == [
        ["--dtb", "board.dtb", "--bank", "0x40000000+512M", "--kernel-at", "0x42000000"],
        [
          "--dtb", "board.dtb", "--bank", "0x40000000+2G", "--bank", "0x100000000+2G",
          "--kernel-at", "0x42000000",
        ],
      ])
    #expect(
      matrix.cells.map(\.id) == [
        "dtb-board.dtb_bank-1G+512M_kernel-at-0x42000000",
        "dtb-board.dtb_bank-1G+2G+4G+2G_kernel-at-0x42000000",
      ])
  }

  @Test func ramIsAnAxis() throws {
    let matrix = try Self.matrix(
      """
      name: ram
      axes:
        board: [imx8mp-evk]
        ram: [512M, 1024M, 4G]
        cma: [64M]
      """)
    #expect(matrix.cells.map(\.id).first == "imx8mp-evk_ram-512M_64M")
    #expect(
      matrix.cells.map(\.request.bootArguments)
        == ["512M", "1G", "4G"].map {
          ["--board", "imx8mp-evk", "--ram", $0, "--cma", "64M"]
        })
    #expect(
      Self.refusal(of: "{ name: ram, axes: { ram: [1G], bank: ['0x0+1G'] } }")?
        .contains("--ram and --bank both say where RAM is") == true)
    #expect(
      Self.refusal(of: "{ name: ram, axes: { ram: [big] } }")?.contains("axes.ram[0]") == true)
  }

  @Test func anExpectedFailureHasItsReason() throws {
    let matrix = try Self.matrix(
      """
      name: edges
      axes: { layout: [stock], cma: [64M, 3000M] }
      include:
        - { board: rpi4, cma: 1G, expect: panic, because: "issue 12" }
      expectations:
        - { cma: 3000M, expect: refused, because: "the bank ends there" }
      """)
    #expect(matrix.cells.map(\.because) == [nil, "the bank ends there", "issue 12"])
    #expect(
      Self.refusal(
        of: """
          name: edges
          axes: { cma: [64M] }
          expectations: [{ cma: 64M, expect: pass, because: "it fits" }]
          """)?.contains("has 'because' without 'expect: refused' or 'expect: panic'") == true)
  }

  @Test(arguments: [
    (["cma=1024M"], ["stock_1G", "wide_1G_allocate"]), (["layout=wide"], ["wide_1G_allocate"]),
    (["layout=wide", "cma=64M", "cma=1G"], ["wide_1G_allocate"]),
    (["test=allocate"], ["wide_1G_allocate"]), (["layout=wide", "cma=64M"], []),
    ([], ["stock_64M", "stock_1G", "wide_1G_allocate"]),
  ])
  func onlyCellsWithAValueOfEachKeyAreRun(terms: [String], cells: [String]) throws {
    let matrix = try Self.matrix(
      """
      name: edges
      axes: { layout: [stock], cma: [64M, 1G] }
      include: [{ layout: wide, cma: 1G, test: allocate }]
      """)
    let filter = CellFilter(try terms.map { try #require(try CellFilter.Term($0)) })
    #expect(filter.cells(of: matrix.cells).map(\.id) == cells)
  }

  @Test(arguments: ["cma", "timeout=60", "nothing=1", ""])
  func whatIsNoAxisIsNoFilter(text: String) throws {
    #expect(try CellFilter.Term(text) == nil)
  }

  @Test func aListIsOneValueAndMayBeEmpty() throws {
    let matrix = try Self.matrix(
      "{ name: tests, axes: { cma: [64M], test: [[], allocate, [allocate, region]] } }")
    #expect(
      matrix.cells.map { $0.request.bootArguments.dropFirst(2) } == [
        ["--cma", "64M"], ["--cma", "64M", "--test", "allocate"],
        ["--cma", "64M", "--test", "allocate", "--test", "region"],
      ])
  }

  @Test func cellsAreLeftOutAddedAndExpected() throws {
    let matrix = try Self.matrix(
      """
      name: edges
      axes: { layout: [stock, wide], cma: [64M, 3000M] }
      exclude:
        - { layout: stock, cma: 64M }
      include:
        - { board: rpi4, cma: 1G, expect: refused }
        - { layout: wide, cma: 64M }
      expect: pass
      expectations:
        - { layout: stock, cma: 3000M, expect: refused }
      """)
    #expect(
      matrix.cells.map { "\($0.id) \($0.expect.rawValue)" } == [
        "stock_3000M refused", "wide_64M pass", "wide_3000M pass", "rpi4_1G refused",
      ])
  }

  @Test(arguments: [
    ("{ name: a, axes: { cam: [1G] } }", "m.yaml:1: axes.cam: there is no such key: did you mean"),
    ("{ name: a, axes: {} }", "m.yaml:1: axes: there is no axis"),
    ("{ name: a, axes: { cma: [] } }", "m.yaml:1: axes.cma: is an empty list"),
    ("{ name: A, axes: { cma: [1G] } }", "m.yaml:1: name: 'A' is not a matrix name"),
    ("{ name: a, axes: { cma: [1G] }, exclude: [{ cma: 1G }] }", "m.yaml:1: every cell"),
    ("{ name: a, axes: { cma: [1G] }, expect: fine }", "m.yaml:1: expect: 'fine' is not an"),
    ("{ name: a, axes: { cma: [1G] }, timeout: 0 }", "m.yaml:1: timeout: '0' is not a number"),
    ("{ name: a, axes: { cma: [64M, 640MB] } }", "m.yaml:1: axes.cma[1]: '640MB' ends in 'MB'"),
    ("{ name: a, axes: { page-size: [8k] } }", "m.yaml:1: axes.page-size[0]: '8k' is not known"),
    ("{ name: a, axes: { cpus: [9] } }", "m.yaml:1: cell cpus-9: --cpus is 9"),
    (
      "{ name: a, axes: { cma: [1G] }, exclude: [{ region: [name=v] }] }",
      "m.yaml:1: exclude[0].region[0]: region 'v' needs size=SIZE"
    ),
    ("{ name: a, axes: { cma: [\"a\\nb\"] } }", "m.yaml:1: axes.cma[0]: 'a\\u{a}b' is not a value"),
  ])
  func aFaultIsNamedInItsPlace(yaml: String, beginning: String) {
    let refusal = Self.refusal(of: yaml)
    #expect(refusal?.hasPrefix(beginning) == true, "\(refusal ?? "nothing")")
  }

  @Test func moreCellsThanAnybodyWaitsForAreRefused() {
    let many = (1...400).map { "\($0)M" }.joined(separator: ", ")
    let refusal = Self.refusal(
      of: "{ name: a, axes: { cma: [\(many)], append: [\(many)] } }")
    #expect(refusal?.contains("axes.append: makes more than 100000 cells") == true)
  }

  @Test func whatIsNotFitForAFilesNameGetsAPartOfAHash() throws {
    let cells = try Self.matrix("{ name: a, axes: { append: [a/b, 'a b', '../..'] } }").cells
    #expect(Set(cells.map(\.id)).count == 3)
    for cell in cells {
      #expect(cell.id.hasPrefix("append-"))
      #expect(!cell.id.contains("/") && !cell.id.contains(" "))
    }
  }
}

@Suite struct ShardTests {
  @Test func everyCellIsInExactlyOneShard() throws {
    let cells = (0..<500).map { SampleRecord.cell(mebibytes: $0) }
    let shards = (1...7).compactMap { Shard("\($0)/7") }
    #expect(shards.count == 7)
    let counts = shards.map { shard in cells.count { shard.runs($0) } }
    #expect(cells.allSatisfy { cell in shards.count { $0.runs(cell) } == 1 })
    // A seventh of 500 is 71; a hash that spreads badly would leave one nearly empty.
    #expect(counts.allSatisfy { $0 > 35 })
  }

  @Test(arguments: ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3", "1/1001"])
  func whatIsNoPartIsRefused(text: String) {
    #expect(Shard(text) == nil)
  }
}
