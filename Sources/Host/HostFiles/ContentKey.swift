// SPDX-License-Identifier: Apache-2.0
import Crypto
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
        withUnsafeBytes(of: UInt64(part.count).littleEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: part)
      }
    }
    hexadecimal = Self.text(of: hash.finalize())
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
        let part = try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
          count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        hash.update(data: part)
        isAtEnd = part.isEmpty
      }
      hexadecimal = Self.text(of: hash.finalize())
    } catch {
      throw HostFileError(.read, path, error)
    }
  }

  private static func text(of digest: SHA256.Digest) -> String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
