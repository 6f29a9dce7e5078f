// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import GuestRequests
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
    isRelative ? HostEnvironment.workingDirectory.pushing(self).lexicallyNormalized() : self
  }
}

extension Architecture: ExpressibleByArgument {}

extension PageSize: ExpressibleByArgument {}

extension GuestTest: ExpressibleByArgument {}
