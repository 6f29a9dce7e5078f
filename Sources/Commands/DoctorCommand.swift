// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DebianPackages
import GuestRequests
import HostFiles
import Kernels
import Runs
import SystemPackage

/// `cmalab doctor`
struct DoctorCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", _superCommandName: CommandLineTool.name,
    abstract: "List what this machine needs, what it has, and how to get the rest.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("what is missing, and the packages that bring it", "cmalab doctor"),
      .init("those packages alone", "cmalab doctor | grep apt-get"),
    ],
    statuses: [
      .success("all that a boot needs is here"),
      .trouble("something is missing"),
    ])

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let requirements = try HostRequirements(
      listedIn: installation.kernelConfiguration.appending(HostRequirements.fileName))
    let findings = try await requirements.findings(
      FileFingerprints(cache: try HostEnvironment.cache()))
    let width = findings.map(\.requirement.name.count).max() ?? 0
    var text = ""
    for finding in findings {
      let name = finding.requirement.name
      let padding = String(repeating: " ", count: width - name.count)
      let absence = finding.requirement.use == .anyRun ? "MISSING" : "absent "
      let state = finding.isPresent ? "ok     " : absence
      text += "\(state)  \(name)\(padding)  \(finding.words)\n"
    }
    let absent = findings.filter { !$0.isPresent }.map(\.requirement)
    if !absent.contains(where: { $0.use == .anyRun }) { text += "\nNothing is missing.\n" }
    for use in HostRequirements.Requirement.Use.allCases {
      let group = absent.filter { $0.use == use }
      if !group.isEmpty { text += "\n\(Self.heading(use)):\n" + Self.remedy(group) }
    }
    text += "\n\(try Self.kernelSource())\n"
    if HostEnvironment.isRoot {
      text +=
        "\nThis is root: QEMU, dtc and compilers run as root, too, and apt without its own user. "
        + "Run cmalab as an ordinary user.\n"
    }
    try StandardOutput.write(text)
    guard !absent.contains(where: { $0.use == .anyRun }) else { throw ExitCode.trouble }
    let board = GuestRequest.usualBoard
    NextStep.say(
      NextStep("the boards that there are", "cmalab boards"),
      NextStep("boot one of them", "cmalab boot --board \(board) --cma 3000M"))
  }

  /// Where the default line's source is, or will be from: no release of Debian has every line's.
  private static func kernelSource() throws -> String {
    let inventory = try KernelsCommand.inventory()
    let line = try inventory.defaultLine
    let subject = "The source of kernel line \(line.name)"
    if let origin = inventory.origin(of: line) { return "\(subject) is here (\(origin))." }
    do {
      _ = try DebianRelease()
    } catch {
      return "\(subject) cannot be downloaded: \(error).\n"
        + "Use --kernel-source or --kernel-image."
    }
    let suites = line.suites.joined(separator: " or ")
    return "\(subject) will be downloaded once: \(line.package) from \(suites)."
  }

  private static func heading(_ use: HostRequirements.Requirement.Use) -> String {
    switch use {
    case .anyRun: "This brings what is missing"
    case .arm32: "32-bit ARM boards also need"
    case .debugging: "'cmalab boot --gdb' also needs"
    case .building: "To build cmalab itself takes also"
    }
  }

  private static func remedy(_ requirements: [HostRequirements.Requirement]) -> String {
    let packages = Array(Set(requirements.map(\.package))).sorted().joined(separator: " ")
    return "  apt-get install \(packages)\n"
  }
}
