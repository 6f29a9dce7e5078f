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
      let absence = finding.requirement.isFor32BitARM ? "absent " : "MISSING"
      let state = finding.isPresent ? "ok     " : absence
      text += "\(state)  \(name)\(padding)  \(finding.words)\n"
    }
    let absent = findings.filter { !$0.isPresent }.map(\.requirement)
    let missing = absent.filter { !$0.isFor32BitARM }
    let optional = absent.filter(\.isFor32BitARM)
    if !missing.isEmpty { text += "\nThis brings what is missing:\n" + Self.remedy(missing) }
    if missing.isEmpty { text += "\nNothing is missing.\n" }
    if !optional.isEmpty { text += "\n32-bit ARM boards also need:\n" + Self.remedy(optional) }
    try StandardOutput.write(text)
    guard missing.isEmpty else { throw ExitCode.trouble }
  }

  private static func remedy(_ requirements: [HostRequirements.Requirement]) -> String {
    let packages = Array(Set(requirements.map(\.package))).sorted().joined(separator: " ")
    return "  apt-get install \(packages)\n"
  }
}
