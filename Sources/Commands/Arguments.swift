// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Glibc
public import Quantities
public import SystemPackage

// How the project's own values are read from the command line.

extension FilePath: @retroactive ExpressibleByArgument {
  /// Reads any path; an empty one is refused.
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(argument)
  }

  /// A shell offers the names of files.
  public static var defaultCompletionKind: CompletionKind { .file() }

  /// The path from the root, so that it means the same in another working directory.
  var absolute: FilePath {
    guard isRelative, let folder = getcwd(nil, 0) else { return self }
    defer { free(folder) }
    return FilePath(String(cString: folder)).pushing(self).lexicallyNormalized()
  }
}

extension Architecture: ExpressibleByArgument {}

extension PageSize: ExpressibleByArgument {}

/// A test that the guest can run (images/programs), or all of them.
enum GuestTest: String, ExpressibleByArgument, CaseIterable {
  case allocate
  case largest
  case region
  case mmap
  case latency
  case churn
  case borrowed
  case dmabuf
  case heap
  case pinned
  case fuzz
  case all

  static var allNames: [String] { allCases.filter { $0 != .all }.map(\.rawValue) }
}
