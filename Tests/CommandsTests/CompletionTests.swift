// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// What a shell offers when Tab is pressed.
@Suite struct CompletionTests {
  @Test(arguments: [
    ("cmalab boot --board ", "arm-am57xx", "zcu102"),
    ("cmalab boot --board imx", "imx8mp-evk", "imx95-evk"),
    ("cmalab boot --board arm64-4g --layout ", "rk3568", "wide"),
    ("cmalab boot --layout ", "rk3568", "wide"),
    ("cmalab boot --kernel 6", "6.1", "6.12"),
    ("cmalab conform --kernel ", "5.10", "7.2"),
    ("cmalab predict --kernel ", "5.10", "7.2"),
    ("cmalab build kernel --kernel ", "5.10", "7.2"),
    ("cmalab boards show a", "arm-am57xx", "arm64-4g"),
    ("cmalab boot --page-size ", "4k", "64k"),
    ("cmalab boot --test la", "largest", "latency"),
    ("cmalab bo", "boards", "boot"),
  ])
  func bashOffersNames(line: String, first: String, last: String) async throws {
    let offered = try await offered(for: line)
    #expect(offered.contains(first) && offered.contains(last), "\(offered)")
    let prefix = line.last == " " ? "" : line.split(separator: " ").last ?? ""
    #expect(offered.allSatisfy { $0.hasPrefix(prefix) }, "\(offered)")
  }

  @Test func thereIsNoErrorWhereThereIsNothingToOffer() async throws {
    #expect(try await offered(for: "cmalab boot --board nothing-like-it").isEmpty)
    #expect(try await offered(for: "cmalab boot --board none --layout ").isEmpty)
    #expect(try await offered(for: "cmalab boot --kernel ", home: "/nowhere").isEmpty)
  }

  /// The shells themselves read the scripts.
  @Test(arguments: [("zsh", ["-n"]), ("fish", ["--no-execute"]), ("bash", ["-n"])])
  func theShellReadsItsScript(shell: String, arguments: [String]) async throws {
    try await withScript(for: shell) { script, _ in
      let result = try await ToolCommand(.named(shell), arguments + [script.string])
        .collect(deadline: .seconds(300))
      #expect(result.status.isSuccess)
      #expect(result.standardError.isEmpty)
    }
  }

  private func offered(for line: String, home: String? = nil) async throws -> [String] {
    try await withScript(for: "bash") { script, folder in
      let driver = TestEnvironment.checkout.pushing("Tests/CommandsTests/Terminal/complete.bash")
      let path = getenv("PATH").map { String(cString: $0) } ?? ""
      let output = try await ToolCommand(
        .named("bash"), [driver.string, script.string, line],
        environment: ["PATH": "\(folder):\(path)"].merging(
          home.map { ["CMALAB_HOME": $0] } ?? [:]
        ) { $1 }
      ).collect(deadline: .seconds(300))
      #expect(output.status.isSuccess && output.standardError.isEmpty)
      return String(decoding: output.standardOutput, as: UTF8.self).split(separator: "\n")
        .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
  }

  /// - Parameter body: receives the script and the folder that holds `cmalab`.
  private func withScript<Result>(
    for shell: String, _ body: (_ script: FilePath, _ folder: FilePath) async throws -> Result
  ) async throws -> Result {
    let text = try await CMALabProcess(["--generate-completion-script", shell]).result().output
    return try await ScratchFolder.with { scratch in
      let script = try scratch.write(text, to: "completions.\(shell)")
      return try await body(script, try CMALabProcess.executable.removingLastComponent())
    }
  }
}
