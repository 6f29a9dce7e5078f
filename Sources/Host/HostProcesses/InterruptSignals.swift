// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import Synchronization

/// The signals that ask a program to end, turned into a call. Those that this process was started to
/// ignore, as by nohup(1), stay ignored.
///
/// A second one ends the process at once: what is running may not come to a place where it looks
/// whether it is asked to end. Programs that it has started die with it.
package struct InterruptSignals {
  private let sources: [any DispatchSourceSignal]

  package init(_ onSignal: @escaping @Sendable () -> Void) {
    let once = Once()
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      // Its default, to end the process at once, must not come first.
      var former = sigaction()
      sigaction(number, nil, &former)
      signal(number, SIG_IGN)
      let wasIgnored = unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) == 1
      guard !wasIgnored else { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if once.isFirst { return onSignal() }
        _exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  package func stop() {
    for source in sources { source.cancel() }
  }
}

/// True of the first look alone.
private final class Once: Sendable {
  private let hasBeen = Mutex(false)

  var isFirst: Bool {
    hasBeen.withLock { hasBeen in
      defer { hasBeen = true }
      return !hasBeen
    }
  }
}
