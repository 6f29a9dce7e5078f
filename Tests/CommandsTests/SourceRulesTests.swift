// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage
import Testing

extension Guests.EveryLine {
  /// `cmalab kernels rules --kernel-source`, on the sources that the lines were built from.
  @Suite struct SourceRulesTests {
    /// What was held against guests is what the source shows, and it has no early parameter that nobody
    /// has looked at.
    @Test(arguments: TestLines.all) func aSourceShowsTheRulesOfItsRelease(line: String) async throws
    {
      _ = try await TestKernel.image(line: line)
      let folder = try ContentCache.ofUser(environment: TestEnvironment.variables).root
        .appending("kernel-sources")
      let sources = try HostFile.names(in: folder).map(folder.appending).compactMap { source in
        try Self.release(of: source).map { (path: source, release: $0) }
      }
      let source = try #require(sources.last { $0.release.hasPrefix("\(line).") })
      let result = try await CMALabProcess([
        "kernels", "rules", "--kernel-source", source.path.string, "--against", source.release,
      ]).result()
      #expect(result.status.isSuccess, "\(result.errors)")
      let heading = try #require(result.output.split(separator: "\n").first)
      #expect(
        heading.contains(
          /^Linux \S+ \(its source\) and \S+ differ in 0 of [1-9]\d* rules$/), "\(result.output)")
      #expect(!result.output.contains("no known kernel has"), "\(result.output)")
    }

    /// From the first lines of its Makefile; nil for what is no source.
    private static func release(of source: FilePath) throws -> String? {
      let makefile = source.appending("Makefile")
      guard HostFile.exists(makefile) else { return nil }
      let text = String(decoding: try HostFile.read(makefile, limit: 1 << 20), as: UTF8.self)
      let numbers = ["VERSION", "PATCHLEVEL", "SUBLEVEL"].compactMap { name in
        text.split(separator: "\n").first { $0.hasPrefix("\(name) = ") }?.split(separator: " ").last
      }
      return numbers.count == 3 ? numbers.joined(separator: ".") : nil
    }
  }
}
