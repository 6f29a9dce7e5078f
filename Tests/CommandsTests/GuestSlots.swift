// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Lets as many tests run at a time as this machine has processors.
actor GuestSlots {
  static let ofThisMachine = GuestSlots(count: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) {
    free = count
  }

  func acquire() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func release() {
    guard !waiting.isEmpty else {
      free += 1
      return
    }
    waiting.removeFirst().resume()
  }
}

/// Each case of a test waits for a slot.
struct GuestSlotTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await GuestSlots.ofThisMachine.acquire()
    do {
      try await function()
    } catch {
      await GuestSlots.ofThisMachine.release()
      throw error
    }
    await GuestSlots.ofThisMachine.release()
  }
}

extension Trait where Self == GuestSlotTrait {
  static var guestSlot: Self { Self() }
}
