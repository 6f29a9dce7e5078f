// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import SystemPackage
import Testing

/// A host that lets a process open few files.
@Suite struct OpenFileLimitTests {
  @Test(arguments: [12, 20, 63])
  func tooFewAreOneError(files: Int) async throws {
    let result = try await predict(files: "\(files)")
    #expect(result.status == .exited(2))
    #expect(
      result.said == "cmalab: error: this process may have \(files) files open, which is too "
        + "few to start programs: give it more, as by 'ulimit -n 1024'\n")
  }

  /// Soft limits are for programs that would misuse more.
  @Test func aSoftLimitIsRaised() async throws {
    let result = try await predict(files: "20", isSoft: true)
    #expect(result.status == .exited(0), "\(result.said)")
    #expect(result.said.isEmpty)
  }

  private func predict(
    files: String, isSoft: Bool = false
  ) async throws -> (status: ToolStatus, said: String) {
    let result = try await ToolCommand(
      .named("sh"),
      [
        "-c", #"ulimit \#(isSoft ? "-S " : "")-n "$1" && exec "$0" predict --cma 64M"#,
        try CMALabProcess.executable.string, files,
      ]
    ).collect(deadline: .seconds(120))
    return (result.status, String(decoding: result.standardError, as: UTF8.self))
  }
}
