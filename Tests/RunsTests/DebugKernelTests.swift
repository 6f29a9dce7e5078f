// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import Runs
import SystemPackage
import Testing

/// A kernel that is built with its own checkers ends at their first report: what comes after it is of a
/// kernel that is known to be broken.
@Suite struct DebugKernelTests {
  private func commandLine(isDebug: Bool, appended: String = "") async throws -> String {
    let checkout = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    let installation = try Installation(
      environment: ["CMALAB_HOME": checkout.string], executable: "/nowhere")
    var request = GuestRequest(board: "arm64-4g")
    request.kernel.isDebug = isDebug
    try request.set(.append, to: appended)
    return try await RunSelection(request, in: installation).commandLine
  }

  @Test func itsFirstReportIsItsEnd() async throws {
    #expect(
      try await commandLine(isDebug: true).hasPrefix(
        "console=ttyAMA0 earlycon panic=-1 panic_on_warn=1 "))
    #expect(try await !commandLine(isDebug: false).contains("panic_on_warn"))
  }

  /// The kernel takes the last of several (kernel/params.c, parse_args).
  @Test func itCanBeToldToGoOn() async throws {
    let line = try await commandLine(isDebug: true, appended: "panic_on_warn=0")
    #expect(line.hasSuffix(" panic_on_warn=0"))
  }
}
