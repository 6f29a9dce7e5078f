// SPDX-License-Identifier: Apache-2.0

import CBuildCommit
import Records
import Runs

/// What `cmalab --version` prints.
enum ProgramVersion {
  /// `0.2.0 (678e747a61f5)`: the version, and the commit where the build has named it.
  static var text: String {
    let commit = String(cString: cmalab_build_commit())
    return commit.isEmpty ? RunRecord.Made.version : "\(RunRecord.Made.version) (\(commit))"
  }
}
