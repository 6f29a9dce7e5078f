// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

/// Inputs of public reports (Tests/BoardReports), of which lint has to say what is right.
@Suite struct ReportedLintTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The words of the command line; one that begins with `%` is a file of the reports.
    let arguments: String
    /// `severity rule key [layouts]`, each of which has to be found.
    var found: [String] = []
    /// No other rules than those found, and these.
    var alsoRules: Set<String> = []

    var testDescription: String { arguments }
  }

  private static let reports = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().appending("BoardReports")

  private static func words(_ arguments: String) -> [String] {
    arguments.split(separator: " ").map { word in
      word.hasPrefix("%") ? reports.appending(String(word.dropFirst())).string : String(word)
    }
  }

  static let cases = [
    // A monitor at the start of RAM: the kernel is loaded behind it.
    Case(arguments: "%09-firmware-at-start-of-bank/whole.dts --page-size 4k"),
    Case(
      arguments:
        "zcu102 --cma 64M --page-size 4k --dts-append %20-node-in-the-wrong-place/at-root.dts",
      found: ["warning misplaced-region /buf@60000000 stock"]),
    Case(
      arguments:
        "zcu102 --cma 64M --page-size 4k --dts-append %20-node-in-the-wrong-place/below-soc.dts",
      found: ["warning misplaced-region /cluster/reserved-memory/fw@50000000 stock"]),
    Case(
      arguments:
        "zcu102 --cma 64M --page-size 4k --dts-append %20-node-in-the-wrong-place/memory-name.dts",
      found: ["warning misplaced-region /memory@70000000 stock"]),
    Case(arguments: "zcu102 --cma 64M --page-size 4k --dts-append %21-overlay/plugin.dts"),
    Case(arguments: "zcu102 --cma 64M --page-size 4k --dts-append %21-overlay/short-form.dts"),
    Case(
      arguments: "zcu102 --cma 64M --page-size 4k --dts-append %21-overlay/inert.dts",
      found: ["warning inert-overlay /fragment@0/__overlay__ stock"]),
    Case(
      arguments:
        "%22-which-layout/sizes.yaml --kconfig-cma 0 --dts-append %22-which-layout/big.dts "
        + "--page-size 4k",
      found: ["error no-room /reserved-memory/big:size small"]),
    Case(
      arguments: "rpi4 --dts-append %22-which-layout/big1g.dts --page-size 4k",
      found: [
        "error no-room /reserved-memory/big1g:size 1g",
        "warning dma-limit /reserved-memory/big1g:size 4g",
        "warning dma-limit /reserved-memory/big1g:size 8g",
      ]),
    Case(
      arguments: "zcu102 --cma 64M --dts-append %24-lint-for-the-owners-kernel/two-mib.dts "
        + "--kernel-config %24-lint-for-the-owners-kernel/config-hugetlb"),
    Case(
      arguments: "zcu102 --cma 64M --dts-append %24-lint-for-the-owners-kernel/two-mib.dts "
        + "--kernel-config %24-lint-for-the-owners-kernel/config-hugetlb --image-size 40M"),
    Case(
      arguments:
        "zcu102 --cma 64M --dts-append %24-lint-for-the-owners-kernel/two-mib.dts --page-size 4k",
      found: ["error pool-alignment /reserved-memory/two@6fa00000:reg stock"]),
    Case(
      arguments:
        "zcu102 --kconfig-cma 0 --dts-append %15-suggest-knows-one-pool/lonely.dts --page-size 4k",
      found: ["error no-room /reserved-memory/camera:size stock"]),
  ]

  @Test(arguments: cases)
  func theAnswerIsRight(_ reported: Case) async throws {
    let result = try await CMALabProcess(
      ["lint", "--format", "json"] + Self.words(reported.arguments)
    ).result()
    let report = try JSONDecoder().decode(LintReport.self, from: Data(result.output.utf8))
    let told = report.findings.map { finding in
      ["\(finding.severity.rawValue)", "\(finding.rule)", finding.place.key].joined(separator: " ")
        + (finding.layouts.map { " \($0.joined(separator: ","))" } ?? "")
    }
    for finding in reported.found { #expect(told.contains(finding), "\(told)") }
    let rules = Set(reported.found.map { String($0.split(separator: " ")[1]) })
    let others = Set(report.findings.map(\.rule.rawValue)).subtracting(rules)
      .subtracting(reported.alsoRules)
    #expect(others == [], "\(told)")
    #expect(result.status == .exited(reported.found.contains { $0.hasPrefix("error") } ? 1 : 0))
  }

  @Test(
    arguments: [
      ("21-overlay/plugin.dts", "is an overlay (/plugin/): name the board"),
      ("21-overlay/short-form.dts", "is an overlay (/plugin/): name the board"),
      ("30-names-and-snippets/snippet.dts", "is a piece of a tree: wrap it in / { … };"),
      ("30-names-and-snippets/root-only.dts", "has no /dts-v1/;: add it and a memory node"),
    ])
  func whatIsNotAWholeTreeIsRefused(file: String, words: String) async throws {
    let result = try await CMALabProcess(
      ["lint", Self.reports.appending(file).string, "--page-size", "4k"]
    ).result()
    #expect(result.status == .exited(2))
    #expect(result.complaints.count == 1, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  /// By the names that the kernel's own sources have.
  @Test(arguments: [
    ("21-overlay/plugin.dts", "dtso", "is an overlay (/plugin/): name the board"),
    (
      "30-names-and-snippets/root-only.dts", "dtsi",
      "is for sources that include it: name one of them"
    ),
  ])
  func aPartOfATreeIsRefused(file: String, suffix: String, words: String) async throws {
    try await ScratchFolder.with { scratch in
      let part = scratch["part.\(suffix)"]
      try HostFile.write(try HostFile.read(Self.reports.appending(file), limit: 1 << 16), to: part)
      let result = try await CMALabProcess(["lint", part.string]).result()
      #expect(result.status == .exited(2))
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test func aRegionIsAddedToATree() async throws {
    let tree = Self.reports.appending("09-firmware-at-start-of-bank/whole.dts").string
    func result(_ region: String) async throws -> CMALabResult {
      try await CMALabProcess(["lint", tree, "--page-size", "4k", "--region", region]).result()
    }
    #expect(try await result("name=camera,size=16M,reusable").status == .exited(0))
    let refused = try await result("name=camera,size=64G,reusable")
    #expect(refused.status == .exited(1))
    #expect(refused.output.contains("/reserved-memory/camera"), "\(refused.output)")
  }

  @Test func aCompiledOverlayIsRefusedTheSame() async throws {
    try await ScratchFolder.with { scratch in
      let blob = scratch["plugin.dtb"]
      _ = try await ToolCommand(
        .named("dtc"),
        [
          "-q", "-O", "dtb", "-o", blob.string, "--",
          Self.reports.appending("21-overlay/plugin.dts").string,
        ]
      ).output()
      let result = try await CMALabProcess(["lint", blob.string]).result()
      #expect(result.status == .exited(2))
      #expect(result.errors.contains("is an overlay"), "\(result.errors)")
    }
  }

  @Test func aPieceIsNotMergedEither() async throws {
    let piece = Self.reports.appending("30-names-and-snippets/snippet.dts").string
    let result = try await CMALabProcess(
      ["lint", "zcu102", "--cma", "64M", "--dts-append", piece]
    ).result()
    #expect(result.status == .exited(2))
    #expect(result.errors.contains("wrap it in / { … };"), "\(result.errors)")
  }
}
