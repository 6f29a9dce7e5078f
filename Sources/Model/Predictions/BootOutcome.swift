// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a boot leaves behind, whatever architecture it was on.
struct BootOutcome {
  private(set) var prediction: Prediction
  /// Nil where none are wanted.
  let bounceBuffers: BounceBuffers?
  /// How much RAM the kernel's own tables are sized by.
  let mappedBytes: UInt64

  /// Of a kernel that takes an amount which only has bounds, the outcome with the least: one to rely on
  /// where the most makes no difference to what is asked.
  init(of kernel: KernelFacts, with memory: EarlyMemory) {
    self.init(ofLeast: kernel, with: memory)
    guard let sizes = kernel.nodeDataBytes else { return }
    var largest = kernel
    largest.nodeDataBytes = sizes.upperBound...sizes.upperBound
    let other = BootOutcome(ofLeast: largest, with: memory).prediction
    guard !prediction.answers(as: other) else { return }
    let bounds = "\(ByteCount(sizes.lowerBound)) to \(ByteCount(sizes.upperBound))"
    let reason =
      "CONFIG_NUMA, whose node data take \(bounds) (a kernel image with BTF tells), and that makes a "
      + "difference here"
    prediction.unknown = [prediction.unknown, reason].compactMap(\.self).joined(separator: "; ")
  }

  private init(ofLeast kernel: KernelFacts, with memory: EarlyMemory) {
    let input = memory.truncated(to: kernel.highestAddress)
    if let arm = kernel.arm {
      var boot = EarlyBoot(input, kernel, on: ARMBoot(arm, kernel, input))
      boot.run()
      self.init(boot)
    } else {
      var boot = EarlyBoot(input, kernel, on: ARM64Boot(facts: kernel, input: input))
      boot.run()
      self.init(boot)
    }
  }

  private init(_ boot: EarlyBoot<some BootArchitecture>) {
    prediction = boot.log.prediction
    bounceBuffers = boot.machine.bounceBuffers(boot.memblock)
    mappedBytes = boot.machine.mappedBytes(boot.memblock)
  }
}

extension Prediction {
  /// Whether another prediction comes to the same for pools, regions and the boot.
  fileprivate func answers(as other: Prediction) -> Bool {
    pools == other.pools && regions == other.regions && refusal == other.refusal
      && crashKernel == other.crashKernel && fatality == other.fatality && hazards == other.hazards
  }

  /// Predicts where a kernel puts its pools.
  package init(of kernel: KernelFacts, with memory: EarlyMemory) {
    self = BootOutcome(of: kernel, with: memory).prediction
  }
}
