// SPDX-License-Identifier: Apache-2.0
import HostFiles
import Kernels
import Runs
import Synchronization

/// Shows a kernel build while it goes on: a line that lives on a terminal, plain lines elsewhere.
final class BuildProgress: Sendable {
  /// How often a log that nobody watches gets a line.
  private static let plainInterval = Duration.seconds(15)

  private let isTerminal = StandardError.isTerminal
  private let started = ContinuousClock.now
  private let lastPlainLine = Mutex(ContinuousClock.now)

  func show(_ event: KernelBuildEvent) {
    switch event {
    case .waitingForOther:
      line("another cmalab is building this: waiting for it")
    case .passedOver(let reason):
      line("passing over a suite: \(reason)")
    case .downloading(let package):
      line("downloading \(package) (once)")
    case .unpacking(let package):
      line("unpacking \(package) (once)")
    case .configuring(let tree):
      line("building the kernel (once; a few minutes): configuring \(tree)")
    case .building(let steps, let last):
      building(steps, last)
    case .finished(let seconds):
      line("the kernel is built, in \(Int(seconds)) s")
    }
  }

  private func building(_ steps: Int, _ last: String) {
    let elapsed = ContinuousClock.now - started
    let seconds = Int(elapsed / .seconds(1))
    let text = "building the kernel: \(seconds) s, \(steps) steps, \(last)"
    if isTerminal {
      // Erase to the end of the line (ECMA-48, EL), and never wrap.
      StandardError.write("\r\u{1b}[K\(text.prefix(78))")
      return
    }
    let isDue = lastPlainLine.withLock { last in
      guard ContinuousClock.now - last > Self.plainInterval else { return false }
      last = .now
      return true
    }
    if isDue { StandardError.say("cmalab: \(text)") }
  }

  private func line(_ text: String) {
    StandardError.say((isTerminal ? "\r\u{1b}[K" : "") + "cmalab: \(text)")
  }
}

extension KernelBuilder {
  /// A builder that shows its progress on standard error.
  static func forTerminal(
    _ installation: Installation, _ cache: ContentCache
  ) throws -> KernelBuilder {
    let progress = BuildProgress()
    return KernelBuilder(
      configurationFolder: installation.kernelConfiguration, cache: cache,
      jobs: HostEnvironment.processorCount, onEvent: { progress.show($0) })
  }
}
