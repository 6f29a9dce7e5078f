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
      let state = finding.isPresent ? "ok     " : "MISSING"
      text += "\(state)  \(name)\(padding)  \(finding.words)\n"
    }
    let missing = findings.filter { !$0.isPresent }.map(\.requirement.package)
    guard !missing.isEmpty else {
      try StandardOutput.write(text + "\nNothing is missing.\n")
      return
    }
    let packages = Array(Set(missing)).sorted().joined(separator: " ")
    try StandardOutput.write(
      text + "\nThis brings what is missing:\n  apt-get install \(packages)\n")
    throw ExitCode.trouble
  }
}
