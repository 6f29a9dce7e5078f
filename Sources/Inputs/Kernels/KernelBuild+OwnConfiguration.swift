// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage

extension KernelBuild {
  /// Configures as the tree has it, with what is asked for on top, and tells what has come of that.
  ///
  /// Of two lines for one option, and of two that are on in one choice, Kconfig takes the later
  /// (scripts/kconfig/confdata.c, conf_read_simple).
  ///
  /// - Throws: `KernelError`, `ToolError`, `HostFileError`.
  func configure(from base: KernelBase, adding asked: KernelConfiguration) async throws {
    let file = folder.appending(SourceTree.configurationName)
    switch base {
    case .fragments: return
    case .defconfig(let name): try await make([name], "make \(name)")
    case .ownConfiguration:
      try HostFile.write(
        try source.configuration(for: toolchain.architecture), to: file)
      try await make(["olddefconfig"], "configuring")
    }
    let before = try finishedConfiguration()
    try HostFile.write(Array((before + asked.text).utf8), to: file)
    try await make(["olddefconfig"], "configuring")
    let changes = ConfigurationChange.all(
      from: before, to: try finishedConfiguration(), asking: asked)
    onEvent(.configured("\(base.name) of \(name)", changes))
  }
}
