// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// Why a part of a file is not a kernel, in words that follow the file's name.
struct KernelRefusal: Error, Hashable {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

/// A file out of which no kernel can be taken.
package struct KernelFileError: Error, Hashable, CustomStringConvertible {
  package let path: FilePath
  /// What it is and what to do.
  package let reason: String

  /// - Parameter wrappings: out of which the part came that is refused, outermost first.
  init(_ path: FilePath, inside wrappings: [String] = [], _ refusal: KernelRefusal) {
    self.path = path
    reason =
      wrappings.isEmpty
      ? refusal.reason : "inside of its \(wrappings.joined(separator: ", ")), \(refusal.reason)"
  }

  package var description: String { "\(path) is not a kernel image to boot: \(reason)" }
}
