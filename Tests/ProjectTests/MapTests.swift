// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage
import Testing

/// What the documentation says of the project itself.
@Suite struct MapTests {
  private static let root = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()

  private static func text(_ path: String) throws -> String {
    let file = root.appending(FilePath(path).components)
    return String(decoding: try HostFile.read(file, limit: 1 << 20), as: UTF8.self)
  }

  /// The map in CONTRIBUTING.md has each target of Sources, and no other.
  @Test func theMapIsThatOfTheSources() throws {
    let sources = Self.root.appending("Sources")
    // A folder with sources of its own is a target; one without is a layer of targets.
    let targets = try HostFile.names(in: sources).flatMap { name in
      let folder = sources.appending(name)
      let names = try HostFile.names(in: folder)
      return names.contains { $0.hasSuffix(".swift") } ? [name] : names
    }
    let rows = try Self.text(".github/CONTRIBUTING.md").split(separator: "\n")
      .drop { $0 != "| target | what it knows |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
    let mapped = rows.flatMap { row in
      row.split(separator: "|")[0].split(separator: ",").map { $0.filter { $0 != " " } }
    }
    #expect(mapped.count > 20)
    #expect(mapped.sorted() == targets.sorted())
  }

  /// A command of the Makefile that the documentation names is there.
  @Test(arguments: ["README.md", ".github/CONTRIBUTING.md"])
  func eachMakeCommandIsThere(document: String) throws {
    let makefile = try Self.text("Makefile")
    let named = try Self.text(document).split(separator: "\n")
      .filter { $0.hasPrefix("make ") }
      .flatMap { $0.prefix { $0 != "#" }.split(separator: " ").dropFirst() }
      .filter { !$0.contains("=") }
    #expect(!named.isEmpty)
    for target in named { #expect(makefile.contains("\n\(target):"), "make \(target)") }
  }

  /// A step of the action is a file, so that no shell reads what a workflow gives it.
  @Test func eachStepOfTheActionIsAFile() throws {
    let steps = try Self.text("action.yml").split(separator: "\n").filter { $0.contains(" run:") }
    #expect(steps.count == 2)
    let opening = #"      run: '"$GITHUB_ACTION_PATH/"#
    for step in steps {
      #expect(step.hasPrefix(opening) && step.hasSuffix("\"'"), "\(step)")
      let path = FilePath(String(step.dropFirst(opening.count).dropLast(2)))
      #expect(HostFile.exists(Self.root.appending(path.components)), "\(path)")
    }
  }

  /// Names of files and tags that the documentation prints are those of this version's release.
  @Test(arguments: ["README.md", ".github/action/install"])
  func eachNamedReleaseIsThisOne(document: String) throws {
    let made = try Self.text("Sources/Work/Runs/RunRecord+MadeHere.swift")
    let version = try #require(made.firstMatch(of: /version = "([0-9.]+)"/)?.output.1)
    let named = try Self.text(document)
      .matches(of: /(?:cmalab[_-]|cmalab@v|VERSION=v|such as )([0-9]+\.[0-9]+\.[0-9]+)/)
    #expect(!named.isEmpty)
    for name in named { #expect(name.output.1 == version, "\(name.output.0)") }
  }
}
