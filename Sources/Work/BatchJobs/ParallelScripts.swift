// SPDX-License-Identifier: Apache-2.0

import HostProcesses

/// A matrix on a row of hosts by GNU parallel over ssh, without any batch system.
package struct ParallelScripts: Sendable {
  private let scripts: BatchScripts

  package init(_ scripts: BatchScripts) {
    self.scripts = scripts
  }

  package static let submitName = "run.sh"
  /// A host a line, as GNU parallel's --sshloginfile takes it.
  package static let hostsName = "hosts"

  package var files: [BatchScripts.File] {
    [
      .init(name: "shard.sh", text: shard, isExecutable: true),
      .init(name: Self.submitName, text: run, isExecutable: true),
    ]
  }

  private var shard: String {
    """
    #!/bin/bash
    # Runs one shard of the cells. It may be run again at any time: nothing is run twice.
    \(scripts.preamble)
    shard=$1
    \(scripts.runShard)
    \(scripts.keepEnd(attempt: "$(date +%s)", state: ""))
    exit "$status"

    """
  }

  /// A host that does not answer for a minute is taken for lost, and its shard is run on another
  /// one.
  private var run: String {
    """
    #!/bin/bash
    # Builds what the cells need here, runs the \(scripts.shards.count) shards on the hosts, and merges.
    \(scripts.preamble)
    \(scripts.build)
    # The words of a command that parallel sends are read by a shell on the other side: --quote.
    seq \(scripts.shards.count) | parallel --will-cite --sshloginfile \(Self.hostsName) --jobs 1 --retries 3 \\
      --ssh 'ssh -o BatchMode=yes -o ServerAliveInterval=15 -o ServerAliveCountMax=4' \\
      --joblog logs/parallel.log --quote bash "$PWD/shard.sh" {} >> logs/shards.log 2>&1
    \(scripts.merge)

    """
  }
}
