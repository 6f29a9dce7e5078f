// SPDX-License-Identifier: Apache-2.0

package import HostFiles
package import Quantities
import ShellWords
package import SystemPackage

/// What the scripts of a submission need to know.
package struct BatchScripts: Sendable {
  package let batch: BatchFolder
  package let submission: SubmissionFolder
  /// The matrix's, fit for the name of a job.
  package let name: String
  package let shards: [ShardPlan.Shard]
  /// `cmalab` as the machines find it.
  package let program: FilePath
  /// Variables that the machines have to have as well: where cmalab's files and its cache are.
  package let environment: [(name: String, value: String)]
  /// Guests at once in a task.
  package let jobs: Int
  /// What the guests of a task fill of a machine's memory.
  package let memory: ByteCount

  package init(
    batch: BatchFolder, submission: SubmissionFolder, name: String, shards: [ShardPlan.Shard],
    program: FilePath, environment: [(name: String, value: String)], jobs: Int, memory: ByteCount
  ) {
    self.batch = batch
    self.submission = submission
    self.name = name
    self.shards = shards
    self.program = program
    self.environment = environment
    self.jobs = jobs
    self.memory = memory
  }

  /// A file of a submission.
  package struct File: Hashable, Sendable {
    /// Below the submission's folder, or below the folder that it is to be copied to.
    package let name: String
    package let text: String
    package let isExecutable: Bool
  }

  package func write(_ files: [File]) throws(HostFileError) {
    for file in files {
      try HostFile.write(
        Array(file.text.utf8), to: submission.path.appending(file.name),
        permissions: file.isExecutable
          ? [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
          : [.ownerReadWrite, .groupRead, .otherRead])
    }
  }

  /// How the scripts begin that run cmalab.
  var preamble: String {
    place(
      with: ["cmalab=\(ShellLine.quoted(program.string))"]
        + environment.map { "export \($0.name)=\(ShellLine.quoted($0.value))" })
  }

  /// How every script begins: all work in the submission's folder.
  ///
  /// A machine that does not see it ends here, and says so.
  func place(with variables: [String] = []) -> String {
    (["shared=\(ShellLine.quoted(batch.path.string))"] + variables).joined(separator: "\n") + """

      cd "$shared/submissions/\(submission.number)" || {
        echo "$(hostname) does not see $shared: it has to be on a file system that all hosts share" >&2
        exit 3
      }
      """
  }

  /// Runs a shard and tells how that ended; `$1` is its number.
  ///
  /// `terminated` is set by who is asked to end: cmalab then ends its guests and keeps what it has.
  var runShard: String {
    """
    terminated=no
    "$cmalab" matrix shard "$shared" --submission \(submission.number) --shard "$shard" --jobs \(jobs) &
    worker=$!
    trap 'terminated=yes; kill -TERM "$worker"' TERM
    wait "$worker"
    status=$?
    # A signal ends the wait, not the worker.
    while kill -0 "$worker" 2> /dev/null; do
      wait "$worker"
      status=$?
    done
    """
  }

  /// Keeps how a task ended, whole by one rename: `$1` sets the attempt of the batch system apart.
  func keepEnd(attempt: String, state: String) -> String {
    """
    end=ends/$(printf '%04d' "$shard")-\(attempt)-$(hostname)
    printf 'shard=%s\\nhost=%s\\nstatus=%s\\nterminated=%s\\nstate=%s\\n' \\
      "$shard" "$(hostname)" "$status" "$terminated" "\(state)" > "$end.draft" \\
      && mv "$end.draft" "$end"
    """
  }

  /// Builds what the cells need.
  var build: String {
    """
    rm -f build-failed
    "$cmalab" matrix build "$shared" || {
      status=$?
      touch build-failed
      exit "$status"
    }
    """
  }

  /// Merges what there is and makes the reports; its exit status is the merge's.
  var merge: String {
    """
    "$cmalab" matrix merge "$shared"
    status=$?
    for format in html junit markdown; do
      case $format in html) file=report.html ;; junit) file=junit.xml ;; *) file=report.md ;; esac
      "$cmalab" report "$shared" --format "$format" --output "$shared/$file"
    done
    exit "$status"
    """
  }
}
