// SPDX-License-Identifier: Apache-2.0
import Testing

/// The tests that start guests, one at a time: each of them takes a processor and a half.
@Suite(.serialized, .kernelIsBuilt) enum Guests {}

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
