// SPDX-License-Identifier: Apache-2.0

import BootLogs
import HostFiles
import ShellWords
import SystemPackage
import Transcripts

/// A file that is not the console log of one of cmalab's guests.
struct ForeignLog: Error, CustomStringConvertible {
  private let path: FilePath
  /// Whether a kernel speaks in it.
  private let isOfBoard: Bool

  /// So much of a log shows whose it is: a guest's kernel and init speak within it.
  private static let headSize = 1 << 20
  /// What the models of the guests' device trees begin with (dts/).
  private static let guestModel = "cmalab "

  /// Nil for a guest's console log, and for one that is empty: a guest may have said nothing.
  ///
  /// - Throws: `HostFileError`.
  init?(at path: FilePath) throws {
    let head = try HostFile.head(of: path, count: Self.headSize)
    let boots = BootLog(head).boots
    let isOfGuest =
      boots.contains { $0.machine?.value.hasPrefix(Self.guestModel) == true }
      || String(decoding: head, as: UTF8.self).contains(GuestRecord.firstWords)
    guard !head.isEmpty, !isOfGuest else { return nil }
    self.path = path
    isOfBoard = !boots.isEmpty
  }

  var description: String {
    isOfBoard
      ? "\(path): this is a log of a board, and no run of cmalab's: "
        + "cmalab explain \(ShellLine.quoted(path.string))"
      : "\(path): it is neither a run's folder nor the console log of a cmalab guest"
  }
}
