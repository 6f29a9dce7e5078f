// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import SystemPackage
import Testing

/// The QEMU processes of a test, known by the folder that they run in.
struct EmulatorProcesses {
  let folder: FilePath

  /// Process identifiers; one that has ended and is only waited for is none.
  var identifiers: [Int32] {
    let processes = (try? HostFile.names(in: "/proc"))?.compactMap { Int32($0) } ?? []
    return processes.filter { process in
      let directory = FilePath("/proc/\(process)")
      guard let name = try? HostFile.read(directory.appending("comm"), limit: 100),
        String(decoding: name, as: UTF8.self).hasPrefix("qemu-system"),
        let path = realpath(directory.appending("cwd").string, nil)
      else { return false }
      defer { free(path) }
      return FilePath(String(cString: path)).starts(with: folder)
    }
  }

  /// Expects that none is left, or that the last one goes at once: who kills one does not wait.
  func expectNone(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for _ in 0..<50 where !identifiers.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    let left = identifiers
    #expect(left.isEmpty, "QEMU is left over", sourceLocation: sourceLocation)
    for process in left { kill(process, SIGKILL) }
  }
}
