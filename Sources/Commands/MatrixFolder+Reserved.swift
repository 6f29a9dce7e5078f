// SPDX-License-Identifier: Apache-2.0

import Records

extension MatrixFolder {
  /// Keeps the folder for `body` alone, which writes there; says so where somebody else does.
  ///
  /// - Throws: as ``reserved(onWait:_:)``.
  func reserved<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    let path = path
    return try await reserved(
      onWait: { Diagnostics.progress("another cmalab writes in \(path): waiting for it") }, body)
  }
}
