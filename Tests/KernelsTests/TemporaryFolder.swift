// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage

/// Runs `body` in a folder of its own, removed afterwards.
func withFolder<Value>(_ body: (FilePath) throws -> Value) throws -> Value {
  let folder = FilePath("/tmp/cmalab-kernels-test-\(UInt64.random(in: 0 ... .max))")
  try HostFile.createDirectory(folder)
  defer { _ = try? HostFile.remove(folder) }
  return try body(folder)
}
