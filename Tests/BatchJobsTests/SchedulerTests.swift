// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records
import SystemPackage
import Testing

@testable import BatchJobs

@Suite struct TaskStateTests {
  @Test func sacctNamesTasksAndRangesOfThem() {
    let text = """
      13_2|CANCELLED by 0|0:15|n1
      13_1|COMPLETED|0:0|n2
      13_7|NODE_FAIL|1:0|n1
      13_[3-5,9%2]|PENDING|0:0|None assigned
      14|COMPLETED|0:0|n1
      """
    let states = TaskState.all(in: text)
    #expect(
      states.map { "\($0.shard) \($0.state?.rawValue ?? "-")" } == [
        "2 CANCELLED", "1 -", "7 NODE_FAIL", "3 -", "4 -", "5 -", "9 -",
      ])
  }

  /// As Slurm 22.05 prints it.
  @Test func scontrolNamesThemAsWell() {
    let text = """
      JobId=6 ArrayJobId=6 ArrayTaskId=3-4 ArrayTaskThrottle=2 JobName=edges-shard JobState=PENDING Reason=Priority
      JobId=8 ArrayJobId=6 ArrayTaskId=2 JobName=edges-shard UserId=root(0) JobState=TIMEOUT Reason=TimeLimit
      """
    #expect(
      TaskState.all(in: text).map { "\($0.shard) \($0.state?.rawValue ?? "-")" } == [
        "3 -", "4 -", "2 TIMEOUT",
      ])
  }

  @Test(arguments: [
    "", "|", "13_|X", "13_a|X", "13_5-3|X", "13_1-999999999|X", "ArrayTaskId= JobState=",
  ])
  func whatIsNoTaskIsNone(text: String) {
    #expect(TaskState.all(in: text).isEmpty)
  }

  @Test func theEndOfATaskIsRead() throws {
    let end = try #require(
      TaskEnd("shard=12\nhost=n1\nstatus=137\nterminated=no\nstate=\n"))
    #expect(end.shard == 12 && end.host == "n1" && end.status == 137)
    #expect(!end.wasTerminated && end.state == nil)
    #expect(TaskEnd("shard=12\nhost=n1\n") == nil)
  }
}

@Suite struct MissingReasonTests {
  private static func reason(
    state: SlurmState? = nil, end: String? = nil, ending: AttemptEnding? = nil,
    silence: Duration? = .seconds(600), hasAttempt: Bool = true, isBuilt: Bool = true,
    launchFailure: String? = nil
  ) -> String {
    TaskEvidence(
      state: state, end: end.flatMap { TaskEnd("shard=1\nhost=n1\n" + $0) },
      attempt: hasAttempt ? .init(host: "n1", ending: ending, silence: silence) : nil,
      isBuilt: isBuilt, launchFailure: launchFailure
    ).reason.description
  }

  @Test func theBatchSystemIsBelievedFirst() {
    let end = "status=2\nterminated=yes\nstate=RUNNING"
    #expect(Self.reason(state: .outOfMemory, end: end) == "out of memory: on n1")
    #expect(Self.reason(state: .nodeFail) == "node lost: on n1")
    #expect(Self.reason(state: .timeout) == "time limit: on n1")
    #expect(Self.reason(state: .cancelled, hasAttempt: false) == "cancelled")
  }

  @Test func whatTheKeeperGaveUpIsNotCalledCancelled() {
    let reason = "launch failed requeued held"
    #expect(
      Self.reason(state: .cancelled, hasAttempt: false, launchFailure: reason)
        == "not launched: \(reason)")
  }

  @Test func withoutItTheScriptAndTheAttemptSay() {
    #expect(Self.reason(end: "status=2\nterminated=yes\nstate=RUNNING") == "time limit: on n1")
    #expect(Self.reason(end: "status=2\nterminated=yes\nstate=CANCELLED") == "cancelled: on n1")
    #expect(Self.reason(end: "status=2\nterminated=yes") == "cancelled: on n1")
    #expect(Self.reason(end: "status=137\nterminated=no") == "killed: on n1, by SIGKILL")
    let full = AttemptEnding(.failed, "cannot write results.jsonl: No space left on device")
    #expect(
      Self.reason(end: "status=2\nterminated=no", ending: full)
        == "failed: on n1: cannot write results.jsonl: No space left on device")
    #expect(Self.reason(ending: AttemptEnding(.interrupted, "")) == "cancelled: on n1")
    #expect(Self.reason(end: "status=3\nterminated=no") == "failed: on n1, with status 3")
  }

  @Test func silenceIsALostNode() {
    #expect(Self.reason(silence: .seconds(20)) == "still running: on n1")
    #expect(Self.reason(silence: .seconds(200)) == "node lost: on n1")
    #expect(Self.reason(silence: nil) == "node lost: on n1")
    #expect(Self.reason(hasAttempt: false) == "never started")
    #expect(Self.reason(hasAttempt: false, isBuilt: false) == "build failed")
  }
}

@Suite struct SlurmClusterTests {
  /// As sinfo and scontrol of Slurm 22.05 print them.
  private static let cluster = SlurmCluster(
    nodes: "cma|cma*|1/1|2/2/0/4|2|7900\nbig|big|0/3|0/192/0/192|64+|256000+\n",
    configuration: "MailProg                = /usr/bin/mail\nMaxArraySize            = 501\n")

  @Test func partitionsAndTheirNodes() throws {
    let nodes = try Self.cluster.groups(of: nil)
    #expect(nodes.map(\.partition) == ["cma"])
    #expect(nodes[0].nodes == 2 && nodes[0].idleNodes == 1)
    #expect(nodes[0].processorsPerNode == 2 && nodes[0].memory == .mebibytes(7900))
    #expect(try Self.cluster.groups(of: "big")[0].processorsPerNode == 64)
    #expect(Self.cluster.mostShards == 500)
  }

  @Test func aPartitionThatIsNotThereIsNamedWithThoseThatAre() {
    let error = #expect(throws: SlurmError.self) { try Self.cluster.groups(of: "gpu") }
    #expect(
      error?.description
        == "the cluster has no partition 'gpu': give --partition one of big, cma")
  }

  @Test(arguments: ["a b", "-x", "a'b", "", "a\nb"])
  func aPartitionThatIsNoNameIsRefused(name: String) {
    #expect(SlurmScripts.Options(partition: name, time: nil) == nil)
    #expect(SlurmScripts.Options(partition: nil, time: name) == nil)
  }
}

@Suite struct HostProbeTests {
  private static let expected = ProgramVersions(cmalab: "0.1.0", executable: "ab", emulator: "Q 7")
  private static let batch = BatchFolder("/shared/x")

  @Test func eachHostSaysWhatItLacks() {
    let probes = HostProbe.all(
      in: """
        noise
        cmalab-host|n1|yes|0.1.0|ab|Q 7
        cmalab-host|n2|no|||
        cmalab-host|n3|yes||| 
        cmalab-host|n4|yes|0.1.0|cd|Q 8
        """)
    #expect(probes.map(\.host) == ["n1", "n2", "n3", "n4"])
    var check = ClusterCheck()
    check.add(probes, Self.batch, program: "/opt/cmalab", expected: Self.expected)
    #expect(
      check.problems == [
        "n2 does not see /shared/x: give --out a folder on a file system that all hosts share",
        "n3 has no /opt/cmalab: install cmalab there, or give its path with --program",
      ])
    #expect(
      check.notes == [
        "n4 has Q 8 instead of Q 7, another build of cmalab 0.1.0: its results will be marked"
      ])
  }
}
