// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MemoryRequests

/// What is added to the configuration of a kernel that is built.
struct KconfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An option to add to the configuration of the kernel that is built; it has to survive there. May "
        + "be given more than once.", valueName: "CONFIG_NAME=y|n|VALUE"),
    transform: { try KernelOption(parsing: $0) })
  var kconfigAdd: [KernelOption] = []
}
