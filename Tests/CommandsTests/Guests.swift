// SPDX-License-Identifier: Apache-2.0

import Testing

/// The tests that start guests. Which of them run is decided by the suite that they are in, and by
/// the kernels that the run has been given (`.ci/conformance`).
@Suite(.kernelIsBuilt, .guestSlot) enum Guests {
  /// What has to hold on each kernel line that is asked for.
  @Suite enum EveryLine {}

  /// What has to hold of 32-bit ARM.
  @Suite(.enabled(if: TestArchitectures.has32BitARM, "'.ci/conformance arm' has its kernels"))
  enum ARM {}

  /// What has to hold of kernels with larger pages.
  @Suite(.enabled(if: !PageSizeCell.asked.isEmpty, "'.ci/conformance 16k' has a kernel"))
  enum LargePages {}

  /// What has to hold of a kernel in each form that one comes in, whoever packed it.
  @Suite(.enabled(if: PackedKernels.areAsked, "'.ci/conformance forms' makes them"))
  enum Forms {}
}

/// Fails a test at once where the kernel has not been built that it would boot: without it, `cmalab`
/// would spend minutes on building one.
struct BuiltKernelTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    _ = try await TestKernel.image()
    try await function()
  }
}

extension Trait where Self == BuiltKernelTrait {
  static var kernelIsBuilt: Self { Self() }
}
