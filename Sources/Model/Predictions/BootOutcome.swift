// SPDX-License-Identifier: Apache-2.0

/// What a boot leaves behind, whatever architecture it was on.
struct BootOutcome {
  let prediction: Prediction
  /// Nil where none are wanted.
  let bounceBuffers: BounceBuffers?
  /// How much RAM the kernel's own tables are sized by.
  let mappedBytes: UInt64

  init(of kernel: KernelFacts, with memory: EarlyMemory) {
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
  /// Predicts where a kernel puts its pools.
  package init(of kernel: KernelFacts, with memory: EarlyMemory) {
    self = BootOutcome(of: kernel, with: memory).prediction
  }
}
