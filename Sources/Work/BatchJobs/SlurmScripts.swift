// SPDX-License-Identifier: Apache-2.0

import Quantities
import ShellWords
import SystemPackage

/// The jobs of a matrix on Slurm: a build, an array of shards, a merge, and a keeper, by whom none of
/// them waits for ever.
///
/// Options are those of sbatch(1) of Slurm 22.05.
package struct SlurmScripts: Sendable {
  private let scripts: BatchScripts
  private let options: Options

  package struct Options: Hashable, Sendable {
    /// Nil for the cluster's default.
    package let partition: String?
    /// The time that a task may take, as Slurm writes it; nil for the partition's default.
    package let time: String?

    /// Nil for words that are no name of a partition or no time: they stand in scripts unquoted.
    package init?(partition: String?, time: String?) {
      let isName = { (text: String) in
        !text.isEmpty
          && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"):
              true
            default: "_-.,".utf8.contains(byte)
            }
          } && !text.hasPrefix("-")
      }
      let isTime = { (text: String) in
        !text.isEmpty && text.utf8.allSatisfy { "0123456789:-".utf8.contains($0) }
      }
      guard partition.map(isName) ?? true, time.map(isTime) ?? true else { return nil }
      self.partition = partition
      self.time = time
    }
  }

  package init(_ scripts: BatchScripts, _ options: Options) {
    self.scripts = scripts
    self.options = options
  }

  package static let submitName = "submit.sh"

  package var files: [BatchScripts.File] {
    [
      .init(name: "build.sh", text: build, isExecutable: true),
      .init(name: "shard.sh", text: shard, isExecutable: true),
      .init(name: "merge.sh", text: merge, isExecutable: true),
      .init(name: "keeper.sh", text: keeper, isExecutable: true),
      .init(name: "release.sh", text: release, isExecutable: true),
      .init(name: Self.submitName, text: submit, isExecutable: true),
    ]
  }

  /// The task that is requeued after a node was lost comes with SLURM_RESTART_COUNT=1.
  private static let mostRequeues = 2

  private func header(_ job: String, _ purpose: String, log: String, _ more: [String] = [])
    -> String
  {
    var lines = [
      "#!/bin/bash", "# \(purpose)", "#SBATCH --job-name=\(scripts.name)-\(job)",
      "#SBATCH --output=logs/\(log).log", "#SBATCH --open-mode=append",
    ]
    if let partition = options.partition { lines.append("#SBATCH --partition=\(partition)") }
    lines += more.map { "#SBATCH \($0)" }
    return lines.joined(separator: "\n")
  }

  private var time: [String] { options.time.map { ["--time=\($0)"] } ?? [] }

  private var build: String {
    """
    \(header("build", "Builds the kernels and guest programs that the cells need, once.", log: "build"))
    \(scripts.preamble)
    \(scripts.build)

    """
  }

  /// `--signal=B:TERM@60` warns the script a minute before its time is over. A task whose harness
  /// failed, or was killed, is run again, twice at most; its next attempt goes on with the cells that
  /// have no result. A task that Slurm has begun elsewhere, as this node was cut off, is left alone.
  private var shard: String {
    """
    \(header(
      "shard", "Runs one shard of the cells. It may be run again at any time: nothing is run twice.",
      log: "shard-%a",
      [
        "--cpus-per-task=\(scripts.jobs)", "--mem=\(scripts.memory.wholeMebibytes)M", "--requeue",
        "--signal=B:TERM@60",
      ] + time))
    \(scripts.preamble)
    shard=$SLURM_ARRAY_TASK_ID
    restarts=${SLURM_RESTART_COUNT:-0}
    echo "shard $shard on $(hostname), restart $restarts"
    \(scripts.runShard)
    state=
    job=
    if [ "$status" -ne 0 ]; then
      job=$(scontrol --oneliner show job "$SLURM_JOB_ID")
      state=$(sed -n 's/.* JobState=\\([A-Z_]*\\).*/\\1/p' <<< "$job")
    fi
    \(scripts.keepEnd(attempt: "$restarts", state: "$state"))
    bash release.sh "$SLURM_ARRAY_JOB_ID"
    if [ "$terminated" = no ] && [ "$restarts" -lt \(Self.mostRequeues) ]; then
      case $job in
        *" JobState=RUNNING "*" Restarts=$restarts "*" BatchHost=$SLURMD_NODENAME "*)
          scontrol requeue "$SLURM_JOB_ID"
          ;;
      esac
    fi
    exit "$status"

    """
  }

  /// Accounting knows every task; without it, the controller knows those that ended within its
  /// MinJobAge (slurm.conf(5), 300 s by default).
  private var merge: String {
    """
    \(header("merge", "Merges the results, names the cells that have none, and makes the reports.", log: "merge"))
    \(scripts.preamble)
    array=$1
    if ! sacct --noheader --parsable2 --allocations --jobs "$array" \\
      --format JobID,State,ExitCode,NodeList > scheduler.draft 2> /dev/null || [ ! -s scheduler.draft ]
    then
      scontrol --oneliner show job "$array" > scheduler.draft
    fi
    mv scheduler.draft scheduler.txt
    \(scripts.merge)

    """
  }

  /// Looks after the other jobs now and then until all are over: a job of a second's work that submits
  /// itself again.
  private var keeper: String {
    """
    \(header(
      "keeper", "Looks every few minutes whether a job would wait for ever.", log: "keeper",
      ["--mem=100M", "--time=5", "--begin=now+2minutes"]))
    \(scripts.place())
    bash release.sh "$@"
    # Where the controller does not answer, nobody knows.
    left=$(squeue --noheader --jobs "$(IFS=,; echo "$*")") || left=unknown
    if [ -n "$left" ]; then sbatch keeper.sh "$@"; fi

    """
  }

  /// Slurm requeues a task that a node could not launch "in held state", and so what ran too often
  /// (slurm.conf(5), max_batch_requeue): nobody runs it then, and the merge waits for it.
  private var release: String {
    """
    #!/bin/bash
    # Releases the tasks that Slurm itself holds, and cancels those that it holds for the third time:
    # the merge would wait for them for ever. What a person holds stays held.
    #   release.sh JOB...
    mkdir -p held not-launched
    squeue --noheader --array --states=PENDING --jobs "$(IFS=,; echo "$*")" --format='%i|%r' \\
      | while IFS='|' read -r job reason; do
        case $reason in
          JobHeld*) continue ;;
          *held*) ;;
          *) continue ;;
        esac
        echo "$(date '+%F %T') $job: $reason" | tee -a "held/$job"
        if [ "$(wc -l < "held/$job")" -le 2 ]; then
          scontrol release "$job"
        else
          case $job in *_*) echo "$reason" > "not-launched/${job#*_}" ;; esac
          scancel "$job"
        fi
      done

    """
  }

  /// Where the build fails, the shards can never run: Slurm then cancels them, and the merge, which
  /// waits for their end whatever it is, says so.
  private var submit: String {
    let count = scripts.shards.count
    return """
      #!/bin/bash
      # Submits the build, the \(count) shards after it, and the merge after those.
      set -euo pipefail
      cd \(ShellLine.quoted(scripts.submission.path.string))
      build=$(sbatch --parsable build.sh)
      build=${build%%;*}
      shards=$(sbatch --parsable --array=1-\(count) --dependency=afterok:"$build" \\
        --kill-on-invalid-dep=yes shard.sh)
      shards=${shards%%;*}
      merge=$(sbatch --parsable --dependency=afterany:"$shards" merge.sh "$shards")
      merge=${merge%%;*}
      sbatch --parsable keeper.sh "$build" "$shards" "$merge" > /dev/null
      printf 'build=%s\\nshards=%s\\nmerge=%s\\n' "$build" "$shards" "$merge" | tee jobs

      """
  }
}
