// SPDX-License-Identifier: Apache-2.0
import HostFiles
import MemoryRequests
import Quantities
import SystemPackage
import Testing
import YAMLFiles

@testable import Kernels

/// What `kernel-config` of this project holds.
@Suite struct ShippedConfigurationTests {
  private let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("kernel-config")

  @Test func everyFragmentIsRead() throws {
    let fragments = try HostFile.names(in: folder).filter { $0.hasSuffix(".config") }
    #expect(fragments.count >= 4)
    for fragment in fragments {
      let configuration = try KernelConfiguration(fragments: [folder.appending(fragment)])
      #expect(!configuration.options.isEmpty, "\(fragment)")
    }
  }

  @Test func theFragmentsOfAKernelAskForCMA() throws {
    for pages in PageSize.allCases {
      let fragments = ["base", "cma", "arm64", "page-\(pages.rawValue)"]
      let configuration = try KernelConfiguration(
        fragments: fragments.map { folder.appending("\($0).config") })
      let lost = configuration.lost(in: "").map(\.name)
      #expect(lost.contains("CONFIG_CMA") && lost.contains("CONFIG_DMA_CMA"))
      let pageSymbols = lost.filter { $0.hasPrefix("CONFIG_ARM64_") && $0.hasSuffix("_PAGES") }
      #expect(pageSymbols == ["CONFIG_ARM64_\(pages.rawValue.uppercased())_PAGES"])
    }
  }

  @Test(arguments: [false, true])
  func theFragmentsOfA32BitKernelFindTheBoardsRAM(hasLPAE: Bool) throws {
    let request = KernelRequest(source: .tree("/"), target: .arm(hasLPAE: hasLPAE))
    let configuration = try KernelConfiguration(fragments: request.fragments(in: folder))
    let asked = configuration.options.map(\.description)
    #expect(asked.contains("CONFIG_ARM_PATCH_PHYS_VIRT=y") && asked.contains("CONFIG_HIGHMEM=y"))
    #expect(asked.contains("CONFIG_ARM_LPAE=y") == hasLPAE)
    #expect(!asked.contains { $0.hasPrefix("CONFIG_ARM64") })
  }

  @Test(arguments: [false, true])
  func debugInformationComesWhereItIsAskedFor(isAskedFor: Bool) throws {
    let request = KernelRequest(
      source: .tree("/"), target: .arm64(.fourKiB), hasDebugInfo: isAskedFor)
    let configuration = try KernelConfiguration(fragments: request.fragments(in: folder))
    #expect(configuration.hasDebugInfo == isAskedFor)
  }

  /// What a guest needs of a tree's own configuration is what it needs of cmalab's.
  @Test func theNeedsOfAGuestAreThoseOfOurFragments() throws {
    let needs = try KernelConfiguration(
      fragments: ["guest", "guest-arm"].map { folder.appending("\($0).config") })
    let ours = try KernelConfiguration(
      fragments: ["base", "cma", "arm"].map { folder.appending("\($0).config") })
    #expect(!needs.options.isEmpty)
    for option in needs.options where option.value != nil {
      #expect(ours.options.contains(option), "\(option)")
    }
    let asked = Set(needs.options.map(\.name))
    // Those are the owner's.
    for name in ["CONFIG_CMA_AREAS", "CONFIG_CMA_ALIGNMENT", "CONFIG_HUGETLBFS", "CONFIG_NR_CPUS"] {
      #expect(!asked.contains(name))
    }
    #expect(asked.isDisjoint(with: KconfigPool.optionNames))
  }

  @Test func aTreesOwnConfigurationGetsWhatAGuestNeedsAlone() throws {
    func names(_ target: KernelTarget, _ base: KernelBase) -> [String] {
      KernelRequest(source: .tree("/"), target: target, isDebug: true, base: base)
        .fragments(in: folder).compactMap { $0.lastComponent?.string }
    }
    #expect(names(.arm64(nil), .ownConfiguration) == ["guest.config", "debug.config"])
    #expect(
      names(.arm64(.sixtyFourKiB), .defconfig("defconfig"))
        == ["guest.config", "page-64k.config", "debug.config"])
    #expect(
      names(.arm(hasLPAE: true), .ownConfiguration)
        == ["guest.config", "guest-arm.config", "arm-lpae.config", "debug.config"])
  }

  @Test func whatAUserAddsComesOverEverythingElse() throws {
    let added = [KernelOption(name: "CONFIG_HUGETLBFS", value: "y")]
    let pool = try KconfigPool(parsing: "32M")
    let request = KernelRequest(
      source: .tree("/"), target: .arm64(.fourKiB), pool: pool, additions: added)
    let cache = ContentCache(root: "/nowhere")
    let builder = KernelBuilder(
      configurationFolder: folder, cache: cache, jobs: 1, onEvent: { _ in })
    let options = try builder.configuration(of: request).options
    #expect(options.last == added.first)
    #expect(options.count { $0.name == "CONFIG_HUGETLBFS" } == 1)
    #expect(request.withoutPool?.additions == added)
    #expect(request.sibling?.additions == [])
    #expect(request.sibling?.sibling == nil)
  }

  @Test func theLinesAreRead() throws {
    let lines = try KernelLines(configuration: folder)
    let line = try lines.line(named: nil)
    #expect(try lines.line(named: line.name) == line)
    let known = try lines.line(named: "6.1")
    #expect(known.package == "linux-source-6.1")
    #expect(known.suites == ["bookworm-security", "bookworm"])
    #expect(known.without == [])
    #expect(Set(lines.lines.map(\.name)).count == lines.lines.count)
    // A package of a fixed name stays the line that it is.
    #expect(lines.lines.map(\.package) == lines.lines.map { "linux-source-\($0.name)" })
  }
}

@Suite struct KernelLinesTests {
  private func lines(_ text: String) throws -> KernelLines {
    try withFolder { folder in
      try HostFile.write(Array(text.utf8), to: folder.appending("kernels.yaml"))
      return try KernelLines(configuration: folder)
    }
  }

  private let two = """
    default: "6.1"
    lines:
      - {name: "5.10", package: linux-source-5.10, suites: [bullseye-security, bullseye],
         architectures: [arm64],
         without: [CONFIG_CMA_SYSFS]}
      - {name: "6.1", package: linux-source-6.1, suites: [bookworm], architectures: [arm64, arm],
         without: []}
    """

  @Test func theDefaultIsOneOfThem() throws {
    let lines = try lines(two)
    #expect(try lines.line(named: nil).name == "6.1")
    #expect(try lines.line(named: "5.10").suites == ["bullseye-security", "bullseye"])
    #expect(try lines.line(named: "5.10").without == ["CONFIG_CMA_SYSFS"])
  }

  @Test func aLineIsForItsArchitectures() throws {
    let lines = try lines(two)
    #expect(try lines.line(named: nil, for: .arm).name == "6.1")
    let refusal = KernelError.lineOfOthers("5.10", .arm, known: ["6.1"])
    let error = #expect(throws: refusal) { try lines.line(named: "5.10", for: .arm) }
    #expect(
      error?.description == "kernel line '5.10' is not built for arm: choose one of 6.1")
  }

  @Test(arguments: ["6.1.192", "6.1.0-rc3", "6.1.0-56-arm64"])
  func aReleaseOfTheLineIsTaken(release: String) throws {
    #expect(throws: Never.self) { try lines(two).line(named: "6.1").check(release: release) }
  }

  @Test(arguments: ["6.12.118", "7.2.13", "6.1", "16.1.2", ""])
  func aReleaseOfAnotherLineIsRefused(release: String) throws {
    let line = try lines(two).line(named: "6.1")
    let error = #expect(throws: KernelError.self) { try line.check(release: release) }
    #expect(error?.description.contains("which is not of line 6.1") == true)
  }

  @Test func whatALineHasInsteadIsSet() throws {
    let text = two.replacing(
      "without: [CONFIG_CMA_SYSFS]",
      with: "without: [CONFIG_PROC_SYSCTL], with: [CONFIG_SYSCTL=y]")
    var configuration = try KernelConfiguration(fragments: [])
    configuration.set(KernelOption(name: "CONFIG_PROC_SYSCTL", value: "y"))
    configuration.adapt(to: try lines(text).line(named: "5.10"))
    #expect(configuration.text == "CONFIG_SYSCTL=y\n")
  }

  @Test(arguments: ["6.10", "5.1", "", "6.1 "])
  func anUnknownLineIsToldTheKnownOnes(name: String) throws {
    let lines = try lines(two)
    let error = #expect(throws: KernelError.unknownLine(name, known: ["5.10", "6.1"])) {
      try lines.line(named: name)
    }
    #expect(error?.description == "there is no kernel line '\(name)': choose one of 5.10, 6.1")
  }

  @Test(arguments: [
    ("default: \"6.1\"", "default: \"6.2\"", 1, "default", "choose one of 5.10, 6.1"),
    ("default: \"6.1\"", "default: newest", 1, "default", "'newest' is not a kernel line"),
    ("name: \"5.10\"", "name: \"6.1\"", 6, "lines[1]", "name each once"),
    ("name: \"5.10\"", "nmae: \"5.10\"", 3, "lines[0].nmae", "'name'"),
    (
      "security, bullseye", "security, ../bullseye", 3, "lines[0].suites[1]",
      "is not a Debian suite"
    ),
    ("[bookworm]", "[]", 6, "lines[1].suites", "- bookworm-security"),
    ("linux-source-5.10", "-oDir=/", 3, "lines[0].package", "is not a Debian package"),
    ("[arm64]", "[riscv]", 4, "lines[0].architectures[0]", "use arm64 or arm"),
    ("[CONFIG_CMA_SYSFS]", "CMA_SYSFS", 5, "lines[0].without", "write '[]' for none"),
    ("[CONFIG_CMA_SYSFS]", "[CMA_SYSFS]", 5, "lines[0].without[0]", "is not an option"),
    (
      "[CONFIG_CMA_SYSFS]", "[], with: [CONFIG_SYSCTL]", 5, "lines[0].with[0]",
      "is not an option that is set"
    ),
  ])
  func whatIsWrongIsNamedInItsPlace(
    _ sound: String, _ broken: String, line: Int, keyPath: String, words: String
  ) throws {
    let error = #expect(throws: YAMLFileError.self) {
      try lines(two.replacing(sound, with: broken, maxReplacements: 1))
    }
    #expect(error?.line == line)
    #expect(error?.keyPath == keyPath)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: ["", "lines: []", "default: \"6.1\"\nlines:\n  - {name: \"6.1\"}", "default: ["])
  func aBrokenListIsRefused(text: String) {
    #expect(throws: YAMLFileError.self) { try lines(text) }
  }

  @Test func aListThatIsNotThereIsNamed() {
    let error = #expect(throws: HostFileError.self) { try KernelLines(configuration: "/nowhere") }
    #expect(error?.path == "/nowhere/kernels.yaml")
  }
}
