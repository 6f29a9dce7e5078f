// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostFiles
import Runs
import SystemPackage

/// `cmalab doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Lists what this machine needs, what it has, and how to get the rest.")

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
    try StandardOutput.write(text)
    guard !absent.contains(where: { $0.use == .anyRun }) else { throw ExitCode.trouble }
  }

  private static func heading(_ use: HostRequirements.Requirement.Use) -> String {
    switch use {
    case .anyRun: "This brings what is missing"
    case .arm32: "32-bit ARM boards also need"
    case .debugging: "'cmalab boot --gdb' also needs"
    }
  }

  private static func remedy(_ requirements: [HostRequirements.Requirement]) -> String {
    let packages = Array(Set(requirements.map(\.package))).sorted().joined(separator: " ")
    return "  apt-get install \(packages)\n"
  }
}
