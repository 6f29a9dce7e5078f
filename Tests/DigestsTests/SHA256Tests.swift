// SPDX-License-Identifier: Apache-2.0

import Digests
import Testing

/// The examples of FIPS 180-4 (NIST, "Examples with Intermediate Values", SHA-256).
@Suite struct SHA256Tests {
  private static let examples = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test(arguments: examples) func aDigestIsTheStandards(text: String, digest: String) {
    #expect(SHA256Digest(of: Array(text.utf8)).hexadecimal == digest)
  }

  @Test func piecesGiveTheDigestOfTheWhole() {
    let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
    var hash = SHA256()
    for start in stride(from: 0, to: content.count, by: 777) {
      hash.update(Array(content[start..<min(start + 777, content.count)]))
    }
    hash.update([])
    #expect(hash.finish() == SHA256Digest(of: content))
  }
}
