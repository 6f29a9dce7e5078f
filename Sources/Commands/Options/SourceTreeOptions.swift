// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SystemPackage

/// A kernel's source tree, and how it is configured.
struct SourceTreeOptions: ParsableArguments {
  @Option(
    help: "Build this kernel source tree, with the .config in it if it has one.")
  var kernelSource: FilePath?

  @Option(
    help: ArgumentHelp(
      "Configure --kernel-source by this file of its arch/ARCH/configs, with what a guest needs on top.",
      valueName: "name"))
  var defconfig: String?
}
