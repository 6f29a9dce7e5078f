// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage

/// An initramfs of a few programs in its root folder, packed by GNU cpio without root.
///
/// It needs no device node: every kernel has /dev/console in the initramfs that is built into it
/// (usr/default_cpio_list), and this one is unpacked over that.
struct Initramfs {
  let files: [(name: String, file: FilePath)]

  private static let folders = ["dev", "proc", "sys"]

  func write(to archive: FilePath) async throws {
    let root = archive.removingLastComponent().appending("root")
    for folder in Self.folders { try HostFile.createDirectory(root.appending(folder)) }
    for (name, file) in files {
      try HostFile.write(
        try HostFile.read(file, limit: 64 << 20), to: root.appending(name),
        permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
    }
    let names = (Self.folders + files.map(\.name)).map { $0 + "\n" }.joined()
    _ = try await ToolCommand(
      .named("cpio"),
      [
        "--create", "--format=newc", "--owner=+0:+0", "--reproducible", "--quiet",
        "--file=\(archive)",
      ],
      directory: root
    ).output(input: Array(names.utf8))
    try HostFile.remove(root)
  }
}
