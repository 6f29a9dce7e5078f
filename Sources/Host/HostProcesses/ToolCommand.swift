// SPDX-License-Identifier: Apache-2.0

// Host programs, run with an explicit argument vector and never through a shell. This target is
// the only importer of Subprocess: who starts a process, bounds its output, sets it a deadline and
// takes it down again is decided here and nowhere else.

import ShellWords
package import SystemPackage

/// A host program with the arguments it is to be run with.
package struct ToolCommand: Hashable, Sendable {
  /// What to run: a name is looked up in PATH, a path is taken as it stands.
  package enum Program: Hashable, Sendable {
    case named(String)
    case path(FilePath)
  }

  package var program: Program
  package var arguments: [String]
  /// Variables set (or, where nil, unset) on top of the inherited environment.
  package var environment: [String: String?]
  /// The working directory; nil inherits ours.
  package var directory: FilePath?
  /// The most address space that it may have, in bytes; nil sets no limit.
  package var memoryLimit: UInt64?
  /// Whether it dies with this process, for which setpriv is needed.
  package var isConfined: Bool

  package init(
    _ program: Program, _ arguments: [String] = [], environment: [String: String?] = [:],
    directory: FilePath? = nil, memoryLimit: UInt64? = nil, isConfined: Bool = true
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.memoryLimit = memoryLimit
    self.isConfined = isConfined
  }

  /// The program as it was asked for, for messages.
  package var programName: String {
    switch program {
    case .named(let name): name
    case .path(let path): path.string
    }
  }

  /// The same command within its limits: killed by the kernel when this process dies, however it
  /// dies, and refused memory above ``memoryLimit``.
  ///
  /// `setpriv --pdeathsig` (util-linux) asks for prctl(PR_SET_PDEATHSIG), `prlimit --as` for
  /// setrlimit(RLIMIT_AS), and each then becomes the program, so the process that is waited for is the
  /// program itself. The signal follows the thread that forked; Subprocess forks on one thread that
  /// lives as long as the process.
  ///
  /// - Throws: `ToolError` where the program is missing: the wrapper's complaint would be taken for
  ///   the program's.
  func confined() throws(ToolError) -> ToolCommand {
    let path = try ToolSearch.path(of: program)
    guard isConfined else { return self }
    var wrapped = self
    // By their paths: the program's own PATH may be another one.
    wrapped.program = .path(try ToolSearch.path(of: "setpriv"))
    wrapped.arguments = ["--pdeathsig", "KILL", "--"]
    if let memoryLimit {
      let prlimit = try ToolSearch.path(of: "prlimit")
      wrapped.arguments += [prlimit.string, "--as=\(memoryLimit)", "--"]
    }
    wrapped.arguments += [path.string] + arguments
    return wrapped
  }
}

extension ToolCommand: CustomStringConvertible {
  /// The command line as a POSIX shell would read it back.
  package var description: String { ShellLine([programName] + arguments).description }
}
