// SPDX-License-Identifier: Apache-2.0

import Fuzzing
import Testing

/// What 'make fuzz' holds the readers to, on inputs that are known: so it is noticed here when a target
/// reads nothing any more.
@Suite struct FuzzTargetTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func honestInputsAndFormerFindingsHold(name: String) async throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let seeds = try await target.seeds()
    #expect(!seeds.isEmpty)
    for (index, seed) in seeds.enumerated() {
      let fault = await target.fault(of: seed)
      #expect(fault == nil, "seed \(index)")
    }
    for (file, bytes) in try target.formerFindings {
      let fault = await target.fault(of: bytes)
      #expect(fault == nil, "\(file)")
    }
  }

  @Test func eachHasANameOfItsOwn() {
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
  }
}
