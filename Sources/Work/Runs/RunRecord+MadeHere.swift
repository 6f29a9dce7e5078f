// SPDX-License-Identifier: Apache-2.0

import Emulator
import FoundationEssentials
import Glibc
package import Records

extension RunRecord.Made {
  /// Of this program.
  package static let version = "0.2.0"

  /// Of a run on this machine that began so long ago.
  init(_ elapsed: Duration, by features: EmulatorFeatures) {
    let start = Date(timeIntervalSinceNow: -(elapsed / .seconds(1)))
    var name = utsname()
    _ = uname(&name)
    let host = withUnsafeBytes(of: &name.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.init(
      date: start.ISO8601Format(), host: host, cmalab: Self.version,
      emulator: features.version)
  }
}
