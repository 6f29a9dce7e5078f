// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// A SHA-256 digest (FIPS 180-4).
package struct SHA256Digest: Hashable, Sendable {
  /// The digest's length in bytes.
  package static let size = 32

  /// Thirty-two of them.
  package let bytes: [UInt8]

  package init(of content: [UInt8]) {
    var hash = SHA256()
    hash.update(content)
    self = hash.finish()
  }

  fileprivate init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// 64 lower-case digits.
  package var hexadecimal: String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}

/// SHA-256 of bytes that come in pieces, by OpenSSL's libcrypto.
///
/// Debian ships that library on every machine that has apt's HTTPS, it uses the processor's own
/// instructions for SHA, and it is not compiled with this project. Its functions fail only where
/// memory is short, which ends the process as any other allocation in Swift does.
@safe package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    // The host's openssl.cnf has no say in the names of cache entries.
    Self.expectSuccess(OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil))
    guard let context = unsafe EVP_MD_CTX_new() else {
      preconditionFailure("libcrypto has no memory left")
    }
    unsafe self.context = context
    Self.expectSuccess(unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil))
  }

  deinit {
    unsafe EVP_MD_CTX_free(context)
  }

  package mutating func update(_ content: [UInt8]) {
    Self.expectSuccess(
      unsafe content.withUnsafeBytes {
        unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
      })
  }

  package consuming func finish() -> SHA256Digest {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: SHA256Digest.size) { buffer, count in
      Self.expectSuccess(unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil))
      count = SHA256Digest.size
    }
    return SHA256Digest(bytes: bytes)
  }

  private static func expectSuccess(_ status: Int32) {
    precondition(status == 1, "libcrypto has no memory left")
  }
}
