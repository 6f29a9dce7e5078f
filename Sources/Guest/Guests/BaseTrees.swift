// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
package import HostFiles
package import Quantities
package import SystemPackage

/// The device trees that are completed for each guest, one an architecture.
package struct BaseTrees: Sendable {
  private let sources: FilePath
  private let cache: ContentCache

  /// - Parameter sources: `dts` of the installation.
  package init(sources: FilePath, cache: ContentCache) {
    self.sources = sources
    self.cache = cache
  }

  /// The blob, compiled once for each content of its source.
  package func tree(for architecture: Architecture) async throws -> [UInt8] {
    let source = sources.appending("\(architecture.rawValue)-virt.dts")
    let version = try await FileFingerprints(cache: cache)
      .version(of: "dtc", arguments: ["--version"])
    let key = ContentKey([
      ("dtc", Array(version.utf8)), ("source", try HostFile.read(source, limit: 1 << 20)),
    ])
    let entry = try await cache.entry(kind: "device-trees", key: key) { draft in
      let compiled = try await DTC().blob(of: source)
      try HostFile.write(compiled.blob, to: draft.appending(Self.name))
    }
    return try HostFile.read(entry.appending(Self.name), limit: 2 << 20)
  }

  private static let name = "base.dtb"
}
