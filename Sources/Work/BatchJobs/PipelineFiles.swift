// SPDX-License-Identifier: Apache-2.0

import ShellWords
package import SystemPackage

/// A matrix as a pipeline of a CI service: a job per shard on machines that share nothing, and one
/// that merges what they kept.
///
/// Each job makes the plan again from the checkout: the same file and the same cmalab give the same
/// shards.
package struct PipelineFiles: Sendable {
  /// The matrix file, relative to the checkout.
  private let matrix: FilePath
  private let shards: Int
  /// The values of `--only`.
  private let only: [String]

  package init(matrix: FilePath, shards: Int, only: [String] = []) {
    self.matrix = matrix
    self.shards = shards
    self.only = only
  }

  /// The folder of the plan and the attempts, in the checkout.
  private static let folder = "batch"

  private var plan: String {
    let words =
      ["cmalab", "matrix", "submit", matrix.string] + only.flatMap { ["--only", $0] }
      + ["--engine", "none", "--shards", "\(shards)", "--out", Self.folder]
    return ShellLine(words).description
  }

  /// `github-actions.yml`, a workflow of GitHub Actions.
  ///
  /// A matrix has at most 256 jobs ("Workflow syntax for GitHub Actions", jobs.<id>.strategy.matrix).
  package var github: String {
    let numbers = (1...shards).map(String.init).joined(separator: ", ")
    // GitHub replaces ${{ … }} before any shell or YAML reader sees it.
    let plan = yamlScalar(plan.replacing("${{", with: "${{ '${{' }}"))
    return """
      # SPDX-License-Identifier: Apache-2.0
      # A matrix in \(shards) shards, merged into one report. Copy it to .github/workflows/ of a checkout of
      # cmalab. Written by 'cmalab matrix submit --engine github'.
      name: memory layouts
      on: [push, pull_request]

      jobs:
        shard:
          runs-on: ubuntu-latest
          container: swift:6.2-bookworm
          strategy:
            fail-fast: false
            matrix:
              shard: [\(numbers)]
          steps:
            - run: apt-get update && apt-get install -y make
            - uses: actions/checkout@v4
            # Kernels are built once, and again only when what they are made of changes.
            - uses: actions/cache@v4
              with:
                path: ~/.cache/cmalab
                key: cmalab-${{ hashFiles('kernel-config/**', 'images/**') }}
            - run: make build install
            - run: \(plan)
            - run: cmalab matrix shard \(Self.folder) --shard ${{ matrix.shard }}
            - if: always()
              uses: actions/upload-artifact@v4
              with:
                name: shard-${{ matrix.shard }}
                path: |
                  \(Self.folder)/attempts
                  !\(Self.folder)/attempts/**/Image
                  !\(Self.folder)/attempts/**/initramfs.cpio

        report:
          needs: shard
          if: always()
          runs-on: ubuntu-latest
          container: swift:6.2-bookworm
          steps:
            - run: apt-get update && apt-get install -y make
            - uses: actions/checkout@v4
            - run: make build install
            - run: \(plan)
            - uses: actions/download-artifact@v4
              with:
                pattern: shard-*
                path: \(Self.folder)/attempts
                merge-multiple: true
            - run: cmalab matrix merge \(Self.folder)
            - if: always()
              run: cmalab report \(Self.folder) --format junit --output junit.xml
            - if: always()
              run: cmalab report \(Self.folder) --format html --output report.html
            - if: always()
              run: cmalab report \(Self.folder) --format markdown >> "$GITHUB_STEP_SUMMARY"
            - if: always()
              uses: actions/upload-artifact@v4
              with:
                name: report
                path: |
                  junit.xml
                  report.html

      """
  }

  package static let mostGitHubJobs = 256

  /// `gitlab-ci.yml`, a pipeline of GitLab.
  ///
  /// `parallel` is at most 200 ("CI/CD YAML syntax reference", parallel).
  package var gitlab: String {
    """
    # SPDX-License-Identifier: Apache-2.0
    # A matrix in \(shards) shards, merged into one report. Copy it to .gitlab-ci.yml of a checkout of cmalab.
    # Written by 'cmalab matrix submit --engine gitlab'.
    default:
      image: swift:6.2-bookworm
      before_script:
        - apt-get update && apt-get install -y make
        - make build install
        - \(yamlScalar(plan))

    variables:
      # Inside the checkout, where GitLab's cache may look.
      CMALAB_CACHE: $CI_PROJECT_DIR/.cmalab-cache

    shard:
      parallel: \(shards)
      cache:
        # Kernels are built once, and again only when what they are made of changes.
        key:
          files: [kernel-config/base.config, kernel-config/kernels.yaml]
        paths: [.cmalab-cache]
      script:
        - cmalab matrix shard \(Self.folder) --shard $CI_NODE_INDEX
      artifacts:
        when: always
        paths: [\(Self.folder)/attempts]
        exclude: ["\(Self.folder)/attempts/**/Image", "\(Self.folder)/attempts/**/initramfs.cpio"]

    report:
      stage: deploy
      when: always
      needs: [shard]
      script:
        - cmalab matrix merge \(Self.folder)
      after_script:
        - cmalab report \(Self.folder) --format junit --output junit.xml
        - cmalab report \(Self.folder) --format html --output report.html
      artifacts:
        when: always
        paths: [report.html]
        reports:
          junit: junit.xml

    """
  }

  package static let mostGitLabJobs = 200
}
