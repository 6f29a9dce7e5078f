// SPDX-License-Identifier: Apache-2.0
import CZlib

/// A record that the guest's init printed and whose checksum proves it whole.
///
/// On the console:
///
///     @cmalab 1 begin SEQ NAME LENGTH CRC32
///     @SEQ payload line
///     @cmalab 1 end SEQ
///
/// `1` is the format's version; SEQ counts from 0 without a gap; LENGTH is the payload's in bytes,
/// every line with its newline; CRC32 is zlib's, over `1 SEQ NAME LENGTH\n` and the payload.
package struct GuestRecord: Hashable, Sendable {
  package static let version = "1"
  /// What every header and trailer starts with.
  package static let marker = "@cmalab "
  /// What the console shows when userspace begins to speak.
  package static let firstWords = "@cmalab 1 begin 0 "
  /// The record that ends a run; a run without it never passes.
  package static let endName = "end"
  /// What the last record says last before its trailer: the guest's uptime, in seconds.
  package static let lastWords = " uptime "

  package struct Header: Hashable, Sendable {
    package let sequence: Int
    package let name: String
    package let length: Int
    package let checksum: UInt32
  }

  /// A payload line with the line of the console log that it stands on.
  package struct Line: Hashable, Sendable {
    package let text: String
    package let consoleLine: Int
  }

  package let header: Header
  package let lines: [Line]

  package var name: String { header.name }

  /// zlib's CRC-32 over what the header says and the payload.
  static func checksum(of header: Header, payload: [UInt8]) -> UInt32 {
    let covered = Array("\(version) \(header.sequence) \(header.name) \(header.length)\n".utf8)
    return plainChecksum(of: covered + payload)
  }

  /// zlib's CRC-32 over bytes alone, as init reports it of the device tree blob.
  package static func plainChecksum(of bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer {
      // The buffer is whole and crc32 only reads as many bytes as it is told of.
      unsafe UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, uInt($0.count)))
    }
  }
}

extension GuestRecord.Header {
  /// Reads the words after `@cmalab 1 begin `; nil for anything but exactly four good ones.
  init?(words: [Substring]) {
    guard words.count == 4, let sequence = Int(words[0]), sequence >= 0,
      (1...40).contains(words[1].utf8.count), let length = Int(words[2]), length >= 0,
      words[3].utf8.count == 8, let checksum = UInt32(words[3], radix: 16)
    else { return nil }
    self.init(
      sequence: sequence, name: String(words[1]), length: length, checksum: checksum)
  }
}
