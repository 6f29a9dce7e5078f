// SPDX-License-Identifier: Apache-2.0

package import Records
package import SystemPackage

/// What a host says of itself before anything is submitted to it.
package struct HostProbe: Hashable, Sendable {
  package let host: String
  let seesFolder: Bool
  /// Nil where the host has no such program.
  package let cmalab: String?
  package let executable: String?
  package let emulator: String?

  /// A script for sh(1), given to it as a word: what a host does not see cannot be a file. Its
  /// arguments are a file in the shared folder and cmalab's path.
  package static let script = #"""
    if [ -e "$1" ]; then seen=yes; else seen=no; fi
    version=$("$2" --version 2> /dev/null | head -n 1)
    digest=$(sha256sum < "$2" 2> /dev/null | cut -d ' ' -f 1)
    emulator=$(qemu-system-aarch64 --version 2> /dev/null | head -n 1)
    printf 'cmalab-host|%s|%s|%s|%s|%s\n' "$(hostname)" "$seen" "$version" "$digest" "$emulator"

    """#

  /// Reads what the script printed on each of several hosts, among whatever else was printed.
  package static func all(in output: String) -> [HostProbe] {
    output.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 6, fields[0] == "cmalab-host" else { return nil }
      let word = { (index: Int) in fields[index].isEmpty ? nil : fields[index] }
      return HostProbe(
        host: fields[1], seesFolder: fields[2] == "yes", cmalab: word(3), executable: word(4),
        emulator: word(5))
    }
  }

  /// What keeps the host from running shards, a line each.
  ///
  /// - Parameter batch: the folder that it has to see.
  package func problems(_ batch: BatchFolder, program: FilePath) -> [String] {
    guard seesFolder else {
      return [
        "\(host) does not see \(batch.path): give --out a folder on a file system that all hosts share"
      ]
    }
    var problems: [String] = []
    if cmalab == nil {
      problems.append(
        "\(host) has no \(program): install cmalab there, or give its path with --program")
    }
    if emulator == nil {
      problems.append("\(host) has no qemu-system-aarch64 in PATH: install qemu-system-arm there")
    }
    return problems
  }

  /// How its programs differ from those of the machine that submits; nil where they do not.
  package func difference(from expected: ProgramVersions) -> String? {
    guard let cmalab, let executable else { return nil }
    let own = ProgramVersions(cmalab: cmalab, executable: executable, emulator: emulator)
    return own == expected ? nil : "\(host) has \(own.difference(from: expected))"
  }
}

/// What stands in the way of a submission, and what is worth knowing.
package struct ClusterCheck: Sendable {
  /// A line each: what, where, what to do.
  package var problems: [String] = []
  package var notes: [String] = []

  package init() {}

  package mutating func add(
    _ probes: [HostProbe], _ batch: BatchFolder, program: FilePath, expected: ProgramVersions
  ) {
    for probe in probes {
      problems += probe.problems(batch, program: program)
      if let difference = probe.difference(from: expected) {
        notes.append("\(difference): its results will be marked")
      }
    }
  }
}
