// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import HostProcesses
import Kernels
import Quantities
import SystemPackage

/// Builds the kernel that a first boot needs, just as `cmalab build kernel` does. It needs few modules, which
/// are compiled first: so the kernel is built while the others are compiled (`.ci/compile-with-kernel`).
///
/// It says nothing: `cmalab` itself goes on from whatever it has come to, and names what is wrong.
@main enum KernelAhead {
  static func main() async {
    let work = Task { try await build() }
    let signals = InterruptSignals { work.cancel() }
    let result = await work.result
    signals.stop()
    if case .failure = result { exit(EXIT_FAILURE) }
  }

  private static func build() async throws {
    let configuration = FilePath("kernel-config")
    let line = try KernelLines(configuration: configuration).line(named: nil, for: .arm64)
    let builder = KernelBuilder(
      configurationFolder: configuration,
      cache: try ContentCache.ofUser(environment: ThisProcess.environment),
      jobs: ThisProcess.processorCount, onEvent: { _ in })
    _ = try await builder.kernel(
      for: KernelRequest(source: .line(line), target: .arm64(.fourKiB)))
  }
}
