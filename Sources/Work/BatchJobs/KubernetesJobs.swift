// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import Quantities

/// A matrix as Kubernetes Jobs that share a volume: an indexed Job of the shards (batch/v1,
/// completionMode: Indexed, since Kubernetes 1.24), between one that builds and one that merges.
package struct KubernetesJobs: Sendable {
  private let scripts: BatchScripts
  private let image: String
  private let claim: String

  /// - Parameters:
  ///   - image: the container image that has cmalab and QEMU.
  ///   - claim: the PersistentVolumeClaim (ReadWriteMany) whose root is the shared folder.
  package init(_ scripts: BatchScripts, image: String, claim: String) {
    self.scripts = scripts
    self.image = image
    self.claim = claim
  }

  package static let submitName = "apply.sh"
  /// Where the pods see the shared folder.
  private static let mount = "/shared"

  package var files: [BatchScripts.File] {
    [
      .init(name: "build.yaml", text: job("build", build), isExecutable: false),
      .init(name: "shards.yaml", text: job("shards", shard, indexed: true), isExecutable: false),
      .init(name: "merge.yaml", text: job("merge", merge), isExecutable: false),
      .init(name: Self.submitName, text: apply, isExecutable: true),
    ]
  }

  private var build: String { "exec cmalab matrix build \(Self.mount)" }

  /// Indices of pods begin at 0.
  private var shard: String {
    "exec cmalab matrix shard \(Self.mount) --submission \(scripts.submission.number) "
      + "--shard $((JOB_COMPLETION_INDEX + 1)) --jobs \(scripts.jobs)"
  }

  private var merge: String {
    "cmalab matrix merge \(Self.mount); status=$?; "
      + "cmalab report \(Self.mount) --format html --output \(Self.mount)/report.html; exit $status"
  }

  /// A name of a Job is a label of its pods, too: at most 63 characters, a letter first.
  private func name(_ job: String) -> String { "cmalab-\(scripts.name.prefix(40))-\(job)" }

  private func job(_ job: String, _ command: String, indexed: Bool = false) -> String {
    let count = scripts.shards.count
    let index =
      indexed
      ? """
        completionMode: Indexed
        completions: \(count)
        parallelism: \(count)

      """ : ""
    return """
      # SPDX-License-Identifier: Apache-2.0
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: \(name(job))
      spec:
      \(index)  # A pod that is lost is run again; what it had done is not.
        backoffLimit: \(indexed ? 2 * count : 2)
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: cmalab
                image: \(yamlScalar(image))
                command: ["/bin/sh", "-c"]
                args:
                  - \(yamlScalar(command))
                env:
                  - name: CMALAB_CACHE
                    value: \(Self.mount)/cache
                resources:
                  requests:
                    cpu: \(yamlScalar("\(scripts.jobs)"))
                    memory: \(yamlScalar("\(scripts.memory.wholeMebibytes)Mi"))
                volumeMounts:
                  - name: shared
                    mountPath: \(Self.mount)
            volumes:
              - name: shared
                persistentVolumeClaim:
                  claimName: \(yamlScalar(claim))

      """
  }

  private var apply: String {
    """
    #!/bin/bash
    # Builds, runs the \(scripts.shards.count) shards, and merges whatever they came to.
    set -euo pipefail
    cd "$(dirname "$0")"
    kubectl apply -f build.yaml
    kubectl wait --for=condition=complete --timeout=-1s job/\(name("build"))
    kubectl apply -f shards.yaml
    until kubectl get job/\(name("shards")) -o jsonpath='{.status.conditions[*].type}' \\
      | grep -qE 'Complete|Failed'; do
      sleep 10
    done
    kubectl apply -f merge.yaml
    kubectl wait --for=condition=complete --timeout=-1s job/\(name("merge"))

    """
  }
}
