// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Testing

@testable import Commands

/// Which command takes which option of a guest, and what is said of one in the wrong place.
@Suite struct MisplacedOptionTests {
  private static let tool = CommandTree(of: CommandLineTool.self)

  private func misplaced(in arguments: [String]) throws -> MisplacedOption? {
    MisplacedOption(in: arguments, of: try #require(Self.tool))
  }

  private static let ownKernel: Set<GuestOption> = [.kernelConfig, .imageSize]
  private static let startedGuest: Set<GuestOption> = [.test, .traceMemory]
  /// What a guest is, without what only one that is started has.
  private static let guest = Set(GuestOption.allCases)
    .subtracting(ownKernel).subtracting(startedGuest).subtracting([.debugInfo, .timeout])

  /// A row a command: what it takes of all that can be said of a guest.
  private static let taken: [(command: String, options: Set<GuestOption>)] = [
    ("boot", Set(GuestOption.allCases).subtracting([.imageSize])),
    ("predict", guest.union(ownKernel)),
    (
      "max",
      guest.union(ownKernel).union([.timeout]).subtracting([.kconfigCMA])
    ),
    ("suggest", guest.union(ownKernel).union([.timeout])),
    ("lint", guest.union(ownKernel).subtracting([.kernelImage, .kernelSource, .defconfig])),
    ("dts", guest.union(startedGuest)),
    (
      "observe",
      guest.union(startedGuest).subtracting([
        .deviceTree, .overlay, .kernelImage, .kernelSource, .defconfig, .lpae, .debugKernel,
        .kconfigAddition, .fragment, .kernelAt, .deviceTreeAt, .initramfsAt, .initramfsSize,
      ])
    ),
    (
      "conform",
      [
        .kernel, .kernelImage, .kernelConfig, .kernelSource, .defconfig, .pageSize, .lpae,
        .kconfigAddition,
      ]
    ),
    ("report", []),
    ("matrix run", []),
  ]

  @Test(arguments: taken)
  func aCommandTakesWhatMeansSomethingToIt(command: String, options: Set<GuestOption>) throws {
    let taken = try GuestOption.allCases.filter { option in
      try misplaced(in: command.split(separator: " ").map(String.init) + [option.argument])
        == nil
    }
    #expect(Set(taken) == options)
  }

  @Test(arguments: [
    (
      ["observe", "run", "--gdb"],
      "--gdb does not apply to 'cmalab observe': it is an option of boot"
    ),
    (
      ["report", "--cases=3", "x"],
      "--cases does not apply to 'cmalab report': it is an option of conform"
    ),
    (
      ["matrix", "x.yaml", "--verify"],
      "--verify does not apply to 'cmalab matrix run': it is an option of max, suggest and upgrade"
    ),
    (
      ["predict", "--append", "--gdb", "--timeout", "3"],
      "--timeout does not apply to 'cmalab predict': it is an option of boot, max, suggest and upgrade"
    ),
  ])
  func whereItAppliesIsSaid(arguments: [String], words: String) throws {
    #expect(try misplaced(in: arguments)?.description == words)
  }

  @Test(arguments: [
    ["boot", "--cma", "64M"], ["boot", "--no-such-option"], ["boot", "--append", "--cases"],
    ["compare", "--", "--gdb"], ["frobnicate"], [],
  ])
  func nothingElseIsMisplaced(arguments: [String]) throws {
    #expect(try misplaced(in: arguments) == nil)
  }

  /// What a command takes may still mean nothing beside what else is asked.
  @Test(arguments: [
    (["boot", "--kernel-image", "Image", "--page-size", "64k"], "omit --page-size"),
    (["boot", "--kernel-image", "Image", "--debug-info"], "omit --debug-info"),
    (["boot", "--gdb", "--timeout", "5"], "--timeout does not apply with --gdb"),
    (["predict", "--kernel-config", "c", "--page-size", "4k"], "omit --page-size"),
    (["predict", "--kernel-config", "c", "--kernel", "6.1"], "omit --kernel"),
    (["predict", "--kernel-config", "c", "--kconfig-cma", "8M"], "omit --kconfig-cma"),
    (["max", "--cma", "64M"], "--cma has a size alone"),
    (["max", "--dts-cma", "64M"], "--dts-cma has a size alone"),
    (["max", "--cma", "64M@1G", "--dts-cma", "64M@1G"], "both say where to look"),
    (["max", "--via", "kconfig"], "the kernel places Kconfig's pool as it does that of cma="),
    (["max", "--timeout", "5"], "--timeout is for the guests of --verify"),
    (["suggest", "--timeout", "5"], "--timeout is for the guests of --verify"),
    (["max", "--all-layouts", "--layout", "wide"], "omit --layout"),
    (["lint", "x.dts", "--cpus", "2"], "--cpus does not apply: 'x.dts' is a device tree"),
    (["lint", "rpi4", "-I", "dts"], "-I is for the source of a device tree"),
    (["lint", "--rules", "--cma", "64M"], "--cma does not apply: --rules"),
    (["lint", "rpi4", "--board", "juno"], "omit --board"),
    (["conform", "--judge", "--no-shrink"], "--shrink does not apply to --judge"),
    (
      ["upgrade", "--from", "6.1", "--to", "6.12", "--all-layouts", "--ram", "2G"],
      "--all-layouts looks at those of boards: omit --layout, --bank, --ram and --dtb"
    ),
    (["conform", "--judge", "--consoles", "x"], "--consoles does not apply to --judge"),
    (["build", "kernel", "--kernel", "6.1", "--kernel-source", "x"], "give one of --kernel"),
    (["build", "kernel", "--defconfig", "x"], "name that with --kernel-source"),
    (["boot", "--kernel", "6.1", "--defconfig", "x"], "name that with --kernel-source"),
    (["boot", "--kernel-image", "Image", "--kconfig-add", "CONFIG_A=y"], "omit --kconfig-add"),
    (["build", "kernel", "--kconfig-add", "CONFIG_ARM_LPAE=y"], "--lpae sets it"),
    (["conform", "--kernel", "6.1", "--kernel-source", "x"], "give one of --kernel"),
    (["conform", "--kernel-config", "c"], "it says how --kernel-image is configured"),
    (["conform", "--kernel-image", "z", "--architecture", "arm"], "give --kernel-source"),
    (["conform", "--kernel-image", "Image", "--kconfig-add", "CONFIG_A=y"], "omit --kconfig-add"),
    (["conform", "--defconfig", "x"], "name that with --kernel-source"),
    (["conform", "--cases", "0"], "--cases is 0: give at least 1"),
    (["conform", "--seed", "18446744073709551615"], "--seed is too large for 100 cases"),
  ])
  func whatIsOverriddenIsRefused(arguments: [String], words: String) {
    do {
      _ = try CommandLineTool.parseAsRoot(arguments)
      Issue.record("it is taken")
    } catch {
      #expect(CommandLineTool.message(for: error).contains(words))
    }
  }

  @Test(arguments: [
    ["max", "--cma", "64M@0x0-0x40000000"], ["max", "--verify", "--timeout", "5"],
    ["lint", "x.dts", "--page-size", "64k"],
    ["lint", "x.dts", "--bank", "0x0+1G", "--cma", "64M", "-I", "dts"], ["lint", "--rules"],
    ["lint", "rpi4", "--cma", "64M"],
    ["predict", "--kernel-source", "x", "--kernel-config", "c"],
    ["build", "kernel", "--kernel-source", "x", "--defconfig", "y", "--kconfig-add", "CONFIG_A=1"],
    ["predict", "--kconfig-add", "CONFIG_NUMA=y", "--kconfig-add", "CONFIG_SWAP=n"],
    ["observe", "log", "--kernel", "6.1", "--page-size", "4k", "--trace-memory"],
  ])
  func whatMeansSomethingIsTaken(arguments: [String]) throws {
    _ = try CommandLineTool.parseAsRoot(arguments)
  }
}
