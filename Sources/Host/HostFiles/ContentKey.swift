// SPDX-License-Identifier: Apache-2.0

import Digests
package import SystemPackage

/// The name of a cache entry: SHA-256 over everything that the entry was made from.
package struct ContentKey: Hashable, Sendable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  package let hexadecimal: String

  package var description: String { hexadecimal }

  /// - Parameter ingredients: each with a label; order counts. Labels and contents are hashed with
  ///   their lengths, so no two different lists read alike.
  package init(_ ingredients: [(label: String, content: [UInt8])]) {
    var hash = SHA256()
    for (label, content) in ingredients {
      for part in [Array(label.utf8), content] {
        hash.update(Self.littleEndianBytes(of: UInt64(part.count)))
        hash.update(part)
      }
    }
    hexadecimal = hash.finish().hexadecimal
  }

  package init(_ ingredients: KeyValuePairs<String, String>) {
    self.init(ingredients.map { ($0.key, Array($0.value.utf8)) })
  }

  /// SHA-256 of a file's content, read in pieces.
  package init(ofFile path: FilePath) throws(HostFileError) {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? file.close() }
      var hash = SHA256()
      var isAtEnd = false
      while !isAtEnd {
        // Larger ones are memory that malloc takes of the kernel and gives back, each time.
        let part = try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
          count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        hash.update(part)
        isAtEnd = part.isEmpty
      }
      hexadecimal = hash.finish().hexadecimal
    } catch {
      throw HostFileError(.read, path, error)
    }
  }

  private static func littleEndianBytes(of number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
