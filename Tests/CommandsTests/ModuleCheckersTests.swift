// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage
import Testing

extension Guests.EveryLine {
  /// The test module as the kernel's own checkers see it, on the lines of the test run.
  @Suite struct ModuleCheckersTests {
    private static let sources = TestEnvironment.checkout.appending("images/module")

    @Test(arguments: TestLines.all)
    func theCheckersAreQuiet(line: String) async throws {
      let checkers = ModuleCheckers(image: try await TestKernel.image(line: line))
      try await ScratchFolder.with { scratch in
        let complaints = try await checkers.complaints(about: Self.sources, scratch: scratch)
        #expect(complaints == "")
      }
    }

    /// A checker that did not run would be quiet, too.
    @Test(arguments: TestLines.all)
    func eachCheckerFindsItsFault(line: String) async throws {
      let checkers = ModuleCheckers(image: try await TestKernel.image(line: line))
      let faults = """

        int faulty(int __user *word);
        int nowhere(int number);
        int faulty(int __user *word)
        {
        \treturn nowhere( *word );
        }

        """
      try await ScratchFolder.with { scratch in
        let spoilt = try await scratch.copy([Self.sources], to: "spoilt").appending("module")
        let file = spoilt.appending("main.c")
        try HostFile.write(try HostFile.read(file, limit: 1 << 20) + Array(faults.utf8), to: file)
        let complaints = try await checkers.complaints(about: spoilt, scratch: scratch)
        for (checker, complaint) in [
          ("sparse", "dereference of noderef expression"),
          ("modpost", "ERROR: modpost: "),
          ("checkpatch", "SPACING: space prohibited"),
        ] {
          #expect(complaints.contains(complaint), "\(checker) did not see it:\n\(complaints)")
        }
      }
    }
  }
}
