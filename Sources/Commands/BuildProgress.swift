// SPDX-License-Identifier: Apache-2.0

import Kernels

/// Shows a kernel build while it goes on.
final class BuildProgress: Sendable {
  private let status = StatusLine()
  private let started = ContinuousClock.now

  func show(_ event: KernelBuildEvent) {
    switch event {
    case .waitingForOther:
      status.say("another cmalab is building this: waiting for it")
    case .passedOver(let reason):
      status.say("passing over a suite: \(reason)")
    case .downloading(let package):
      status.say("downloading \(package) (once)")
    case .unpacking(let package):
      status.say("unpacking \(package) (once)")
    case .resuming:
      status.say("going on with the kernel where its build was interrupted")
    case .configuring(let tree):
      status.say("building the kernel (once; a few minutes): configuring \(tree)")
    case .configured(let name, let changes):
      status.say(ConfigurationTable(name: name, changes: changes).text)
    case .leftOut(let names, let tree):
      status.say("\(tree) has no \(names.joined(separator: ", ")): built without")
    case .building(let steps, let last):
      let seconds = Int((ContinuousClock.now - started) / .seconds(1))
      status.update("building the kernel: \(seconds) s, \(steps) steps, \(last)")
    case .finished(let seconds):
      status.say("the kernel is built, in \(Int(seconds)) s")
    }
  }
}
