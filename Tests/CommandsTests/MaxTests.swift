// SPDX-License-Identifier: Apache-2.0
import HostProcesses
import Testing

extension Guests.EveryLine {
  /// The largest pool is booted, and one unit more, and the safe one with the allocation test.
  @Suite struct MaxTests {
    /// One bank that a pool can eat up, and RAM above what all devices reach.
    /// The same bank with a crash kernel, too.
    @Test(
      arguments: TestLines.all,
      [["arm64-2g"], ["arm64-2g", "--append", "crashkernel=256M"], ["rpi4"]])
    func theGuestConfirmsBothFigures(_ line: String, _ board: [String]) async throws {
      let result = try await CMALabProcess(
        ["max", "--verify", "--kernel", line, "--board"] + board
      ).result()
      #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
      for words in ["MiB is reserved", "MiB is refused", "MiB survives the allocation test"] {
        #expect(result.errors.contains(words), "\(result.errors)")
      }
      #expect(result.output.contains("more: 'cma: Failed to reserve "), "\(result.output)")
    }
  }
}
