// SPDX-License-Identifier: Apache-2.0
import Digests
import HostFiles
import HostProcesses
import SystemPackage

/// U-Boot's legacy image around a content (include/image.h), as mkimage writes it.
func uImage(
  _ content: [UInt8], architecture: UInt8 = 22, type: UInt8 = 2, name: String = "Linux-6.1"
) -> [UInt8] {
  let number = SampleKernel.bigEndian
  var header = number(0x2705_1956) + number(0) + number(0) + number(UInt32(content.count))
  header += number(0x8000_0000) + number(0x8000_0000)
  header += number(CRC32.checksum(of: content[...])) + [5, architecture, type, 0]
  header += Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count)
  header.replaceSubrange(4..<8, with: number(CRC32.checksum(of: header[...])))
  return header + content
}

/// EFI zboot around a payload (drivers/firmware/efi/libstub/zboot-header.S), with a section that holds it.
func zboot(
  _ payload: [UInt8], compression: String, machine: UInt16 = 0xaa64, claimed: Int? = nil
) -> [UInt8] {
  let start = 1024
  let number = { (value: Int) in SampleKernel.littleEndian(UInt32(value)) }
  var header = Array("MZ\0\0zimg".utf8) + number(start) + number(claimed ?? payload.count)
  header += number(0) + number(0) + Array(compression.utf8)
  header += [UInt8](repeating: 0, count: 0x38 - header.count)
  header += [0xcd, 0x23, 0x82, 0x81] + number(64)
  header += SampleKernel.peHeader(
    machine: machine, sectionStart: start, sectionSize: payload.count)
  return header + [UInt8](repeating: 0, count: start - header.count) + payload
}

/// A FIT, by dtc.
struct FIT {
  var architecture = "arm64"
  /// In the configurations node, before its children.
  var choice = "default = \"conf-1\";"
  var configurations = ["conf-1"]
  /// Children and further properties of the kernel's image.
  var kernel = ""
  var type = "kernel"

  func blob(_ content: [UInt8], in folder: FilePath) async throws -> [UInt8] {
    try HostFile.write(content, to: folder.appending("content"))
    return try await blob(data: "data = /incbin/(\"content\");", in: folder)
  }

  func blob(data: String, in folder: FilePath) async throws -> [UInt8] {
    let configurations = configurations.map { "\($0) { kernel = \"kernel-1\"; };" }
    let nodes =
      configurations.isEmpty
      ? "" : "configurations { \(choice) \(configurations.joined(separator: " ")) };"
    let source = """
      /dts-v1/;
      / {
        description = "a kernel";
        images {
          kernel-1 {
            type = "\(type)"; arch = "\(architecture)"; os = "linux"; \(data) \(kernel)
          };
          fdt-1 { type = "flat_dt"; data = [00]; };
        };
        \(nodes)
      };

      """
    let file = folder.appending("fit.dts")
    try HostFile.write(Array(source.utf8), to: file)
    return try await ToolCommand(
      .named("dtc"), ["-q", "-I", "dts", "-O", "dtb", file.string]
    ).output(limit: 16 << 20)
  }
}

/// A Debian package, by dpkg-deb.
func debianPackage(
  _ files: [String: [UInt8]], architecture: String = "arm64", compression: String = "xz",
  at file: FilePath
) async throws {
  let root = file.removingLastComponent().appending("package")
  try HostFile.remove(root)
  let control = """
    Package: linux-image-6.1.0-9-test
    Version: 6.1.9-1
    Architecture: \(architecture)
    Maintainer: Nobody <nobody@example.org>
    Description: a kernel

    """
  for (name, content) in files.merging(
    ["DEBIAN/control": Array(control.utf8)], uniquingKeysWith: { $1 })
  {
    let path = root.pushing(FilePath(name))
    try HostFile.createDirectory(path.removingLastComponent())
    try HostFile.write(content, to: path)
  }
  _ = try await ToolCommand(
    .named("dpkg-deb"), ["-Z\(compression)", "--build", root.string, file.string]
  ).output()
}
