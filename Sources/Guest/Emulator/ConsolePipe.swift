// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import Synchronization
import SystemPackage

/// A guest's console on its way from QEMU to the console log.
///
/// QEMU writes the console one byte at a time, and its guest waits for each: a file takes twice as long
/// for that as a pipe whose other end nobody waits at. Who waited there would be woken for each byte, which
/// takes longer still; so the pipe is emptied every few milliseconds. It holds as much as a guest can print
/// meanwhile, and one that prints more is held up, and loses nothing.
final class ConsolePipe: Sendable {
  /// QEMU's standard output.
  let entrance: FileDescriptor
  private let log: FileDescriptor
  private let logPath: FilePath
  private let state: Mutex<State>

  private struct State {
    /// Nil where nothing is taken any more.
    var exit: FileDescriptor?
    var failure: HostFileError?
  }

  /// The most bytes that are taken at a time: what a pipe holds where a page has 4 KiB (pipe(7)).
  static let partSize = 1 << 16
  /// What it holds where a page has 64 KiB, in parts.
  private static let mostParts = 16

  /// - Parameter log: replaced where it is there.
  init(to log: FilePath) throws(HostFileError) {
    logPath = log
    do {
      self.log = try .open(
        log, .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw HostFileError(.write, log, error)
    }
    do {
      let (exit, entrance) = try FileDescriptor.pipe(options: .closeOnExec)
      self.entrance = entrance
      _ = fcntl(exit.rawValue, F_SETFL, O_NONBLOCK)
      state = Mutex(State(exit: exit))
    } catch {
      try? self.log.close()
      throw HostFileError(.create, log, error)
    }
  }

  /// Why the log has not all that was taken.
  var failure: HostFileError? { state.withLock { $0.failure } }

  /// What the guest has printed since, or the next part of it; it is in the log then.
  func take() -> [UInt8] {
    state.withLock { state in
      guard let exit = state.exit else { return [] }
      let part = try? [UInt8](unsafeUninitializedCapacity: Self.partSize) { buffer, count in
        count = try exit.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard let part, !part.isEmpty else { return [] }
      do {
        try log.writeAll(part)
      } catch {
        state.failure = HostFileError(.write, logPath, error)
      }
      return part
    }
  }

  /// Takes what there is, and then nothing more: a QEMU that is asked to end is not held up by a full pipe.
  func end() {
    var parts = 0
    while parts < Self.mostParts, !take().isEmpty { parts += 1 }
    state.withLock { state in
      try? state.exit?.close()
      state.exit = nil
    }
  }

  /// To be called once, when nobody uses it any more.
  func close() {
    end()
    try? entrance.close()
    try? log.close()
  }
}
