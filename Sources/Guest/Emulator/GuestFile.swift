// SPDX-License-Identifier: Apache-2.0

/// The files of a guest's folder, by name: what QEMU loads, and what it writes.
package enum GuestFile: String, Sendable {
  case monitor = "monitor.bin"
  case kernel = "Image"
  case initramfs = "initramfs.cpio"
  case deviceTree = "board.dtb"
  case console = "console.log"
}
