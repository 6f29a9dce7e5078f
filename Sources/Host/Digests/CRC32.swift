// SPDX-License-Identifier: Apache-2.0
import CZlib

/// The CRC-32 of IEEE 802.3, by which U-Boot checks its images; zlib's.
package enum CRC32 {
  package static func checksum(of content: ArraySlice<UInt8>) -> UInt32 {
    unsafe content.withUnsafeBufferPointer { buffer in
      unsafe UInt32(truncatingIfNeeded: crc32(0, buffer.baseAddress, uInt(buffer.count)))
    }
  }
}
