// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
import Kernels
package import MemoryRequests
package import Quantities

extension RunSelection.Kernel {
  /// The kernel that is asked for.
  ///
  /// - Parameter pool: the default pool of its configuration.
  /// - Throws: `GuestRequestError` for a line that there is not, and for what the architecture does not
  ///   have.
  package init(
    _ kernel: GuestRequest.Kernel, pool: KconfigPool = .none, for architecture: Architecture,
    _ installation: Installation
  ) throws {
    var base = KernelBase.fragments
    let source: KernelRequest.Source
    switch kernel.source {
    case .image(let path):
      _ = try KernelTarget(kernel, for: architecture)
      self = .image(path)
      return
    case .tree(let path):
      source = .tree(path)
      base = KernelBase(of: path, defconfig: kernel.defconfig)
    case .line(let name):
      let lines = try KernelLines(configuration: installation.kernelConfiguration)
      do {
        source = .line(try lines.line(named: name, for: architecture))
      } catch {
        throw GuestRequestError(.kernel, "\(error)")
      }
    }
    self = .built(
      KernelRequest(
        source: source, target: try KernelTarget(kernel, for: architecture, base),
        isDebug: kernel.isDebug, hasDebugInfo: kernel.hasDebugInfo, pool: pool, base: base,
        additions: kernel.additions))
  }
}
