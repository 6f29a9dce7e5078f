// SPDX-License-Identifier: Apache-2.0

import HostProcesses
package import Quantities
package import SystemPackage

/// A Slurm cluster as this machine's client commands describe it.
package struct SlurmCluster: Hashable, Sendable {
  /// A group of equal nodes of a partition: a line of sinfo(1).
  package struct NodeGroup: Hashable, Sendable {
    package let partition: String
    package let isDefault: Bool
    package let nodes: Int
    package let idleNodes: Int
    /// Of all its nodes.
    package let processors: Int
    package let processorsPerNode: Int
    package let memory: ByteCount
  }

  package let groups: [NodeGroup]
  /// The largest number of tasks in an array (MaxArraySize less one).
  package let mostShards: Int

  static let nodeFormat = "%R|%P|%A|%C|%c|%m"

  /// - Parameters:
  ///   - nodes: of `sinfo --noheader --format '%R|%P|%A|%C|%c|%m'`.
  ///   - configuration: of `scontrol show config`.
  package init(nodes: String, configuration: String) {
    groups = nodes.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      guard fields.count == 6 else { return nil }
      // Allocated/idle nodes; allocated/idle/other/total processors. `8+` is a least one.
      let nodes = fields[2].split(separator: "/").compactMap { Int($0) }
      let processors = fields[3].split(separator: "/").compactMap { Int($0) }
      let number = { (text: Substring) in Int(text.prefix { $0.isNumber }) ?? 0 }
      guard nodes.count == 2, processors.count == 4 else { return nil }
      return NodeGroup(
        partition: String(fields[0]), isDefault: fields[1].hasSuffix("*"),
        nodes: nodes[0] + nodes[1], idleNodes: nodes[1], processors: processors[3],
        processorsPerNode: number(fields[4]), memory: .mebibytes(UInt64(number(fields[5]))))
    }
    let sizes = configuration.split(separator: "\n").compactMap { line -> Int? in
      let words = line.split(separator: "=").map { $0.filter { $0 != " " } }
      return words.count == 2 && words[0] == "MaxArraySize" ? Int(words[1]) : nil
    }
    mostShards = min((sizes.first ?? ShardPlan.mostShards + 1) - 1, ShardPlan.mostShards)
  }

  /// Asks the cluster.
  ///
  /// - Throws: `SlurmError`, `ToolError`, `CancellationError`.
  package static func ask() async throws -> SlurmCluster {
    do {
      _ = try ToolSearch.path(of: "sbatch")
    } catch {
      throw SlurmError.noClient
    }
    let nodes = try await ToolCommand(
      .named("sinfo"), ["--noheader", "--format", nodeFormat]
    ).output(deadline: .seconds(30))
    let configuration = try await ToolCommand(.named("scontrol"), ["show", "config"])
      .output(deadline: .seconds(30))
    return SlurmCluster(
      nodes: String(decoding: nodes, as: UTF8.self),
      configuration: String(decoding: configuration, as: UTF8.self))
  }

  /// The nodes of a partition, or of the default one.
  ///
  /// - Throws: `SlurmError.noPartition`.
  package func groups(of partition: String?) throws(SlurmError) -> [NodeGroup] {
    let found = groups.filter { group in
      partition.map { group.partition == $0 } ?? group.isDefault
    }
    guard !found.isEmpty else {
      throw .noPartition(partition, known: Array(Set(groups.map(\.partition))).sorted())
    }
    return found
  }

  /// Asks the nodes of a partition that have nothing else to do.
  ///
  /// - Returns: what they say, and how many of the partition's nodes could not be asked.
  package static func probe(
    _ groups: [NodeGroup], partition: String?, file: FilePath, program: FilePath
  ) async throws -> (probes: [HostProbe], unasked: Int) {
    let idle = groups.reduce(0) { $0 + $1.idleNodes }
    let all = groups.reduce(0) { $0 + $1.nodes }
    guard idle > 0 else { return ([], all) }
    let result = try await ToolCommand(
      .named("srun"),
      (partition.map { ["--partition", $0] } ?? []) + [
        "--nodes", "\(idle)", "--ntasks", "\(idle)", "--ntasks-per-node", "1", "--time", "1",
        "--immediate=20", "--chdir", "/", "--job-name", "cmalab-probe", "sh", "-c",
        HostProbe.script, "sh", file.string, program.string,
      ]
    ).collect(deadline: .seconds(90))
    let probes = HostProbe.all(in: String(decoding: result.standardOutput, as: UTF8.self))
    return (probes, max(0, all - probes.count))
  }
}

/// Why nothing can be submitted to Slurm.
package enum SlurmError: Error, Hashable, CustomStringConvertible {
  case noClient
  case noPartition(String?, known: [String])
  case badWord(partition: String?, time: String?)

  package var description: String {
    switch self {
    case .noClient:
      "no sbatch in PATH: submit from a machine that has Slurm's client, "
        + "or give --print and run the script there"
    case .noPartition(let name?, let known):
      "the cluster has no partition '\(name)': give --partition one of \(known.joined(separator: ", "))"
    case .noPartition(nil, let known):
      "the cluster has no default partition: give --partition one of "
        + known.joined(separator: ", ")
    case .badWord(let partition, let time):
      "--partition '\(partition ?? "")' or --time '\(time ?? "")' is not what Slurm takes: "
        + "give a partition's name, and a time as minutes, HH:MM:SS or D-HH:MM"
    }
  }
}
