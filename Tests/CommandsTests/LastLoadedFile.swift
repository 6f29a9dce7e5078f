// SPDX-License-Identifier: Apache-2.0
import DebianPackages

extension String {
  /// With the device tree as what a hole begins after, where that is the initramfs.
  ///
  /// The tree lies behind the initramfs, whose last page may end after it: which of the two is named goes
  /// by the size of the initramfs, which has the cross compiler's C library in it. On Debian 12, where
  /// the expected words are from, nothing is changed.
  var withTreeAsLastFile: String {
    if let host = try? DebianRelease(), host.codename == "bookworm" { return self }
    return replacing("from initramfs to", with: "from device tree to")
  }
}
