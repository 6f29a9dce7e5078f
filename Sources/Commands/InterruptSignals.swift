// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc

/// The signals that ask a program to end, turned into a call. Those that this process was started to
/// ignore, as by nohup(1), stay ignored.
struct InterruptSignals {
  private let sources: [any DispatchSourceSignal]

  init(_ onSignal: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      // Its default, to end the process at once, must not come first.
      var former = sigaction()
      sigaction(number, nil, &former)
      signal(number, SIG_IGN)
      let wasIgnored = unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) == 1
      guard !wasIgnored else { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: onSignal)
      source.resume()
      return source
    }
  }

  func stop() {
    for source in sources { source.cancel() }
  }
}
