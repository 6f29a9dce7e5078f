// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// What builds for an architecture, and how the kernel's build names it.
package struct Toolchain: Hashable, Sendable {
  let architecture: Architecture

  package init(for architecture: Architecture) {
    self.architecture = architecture
  }

  /// What the names of its programs begin with: `aarch64-linux-gnu-gcc` and its kin.
  package var prefix: String {
    switch architecture {
    case .arm64: "aarch64-linux-gnu-"
    case .arm: "arm-linux-gnueabihf-"
    }
  }

  /// The arguments that tell the kernel's makefile.
  var makeArguments: [String] {
    ["ARCH=\(architecture.rawValue)", "CROSS_COMPILE=\(prefix)"]
  }

  /// The makefile's target that a boot loader loads; it lies in `arch/ARCH/boot`.
  var imageTarget: String {
    switch architecture {
    case .arm64: "Image"
    case .arm: "zImage"
    }
  }

  var imagePath: String { "arch/\(architecture.rawValue)/boot/\(imageTarget)" }
}
