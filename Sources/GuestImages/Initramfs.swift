// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage

/// An initramfs of one program, packed by GNU cpio without root.
///
/// It needs no device node: every kernel has /dev/console in the initramfs that is built into it
/// (usr/default_cpio_list), and this one is unpacked over that.
struct Initramfs {
  let program: FilePath

  func write(to archive: FilePath) async throws {
    let root = archive.removingLastComponent().appending("root")
    for folder in ["dev", "proc", "sys"] {
      try HostFile.createDirectory(root.appending(folder))
    }
    try HostFile.write(
      try HostFile.read(program, limit: 64 << 20), to: root.appending("init"),
      permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
    _ = try await ToolCommand(
      .named("cpio"),
      [
        "--create", "--format=newc", "--owner=+0:+0", "--reproducible", "--quiet",
        "--file=\(archive)",
      ],
      directory: root
    ).output(input: Array("dev\ninit\nproc\nsys\n".utf8))
    try HostFile.remove(root)
  }
}
