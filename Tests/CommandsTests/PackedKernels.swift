// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The kernels of which the making takes a test too long.
enum PackedKernels {
  /// `$CMALAB_TEST_ZBOOT`: the folder in which the kernel's makefile has made vmlinuz.efi, out of the Image
  /// beside it.
  static let zboot: FilePath? = getenv("CMALAB_TEST_ZBOOT").map { FilePath(platformString: $0) }

  static var areAsked: Bool { zboot != nil }
}
