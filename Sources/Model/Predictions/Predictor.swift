// SPDX-License-Identifier: Apache-2.0

extension Prediction {
  /// Predicts where a kernel puts its pools.
  package init(of kernel: KernelFacts, with memory: EarlyMemory) {
    var boot = EarlyBoot(memory, kernel)
    boot.run()
    self = boot.prediction
  }
}
