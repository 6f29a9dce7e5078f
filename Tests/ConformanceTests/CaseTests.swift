// SPDX-License-Identifier: Apache-2.0
import Boards
import Conformance
import Emulator
import Predictions
import Quantities
import Testing
import Transcripts

@Suite struct CaseTests {
  @Test func aSeedMakesTheSameCase() {
    for seed: UInt64 in 0..<50 {
      var first = CaseGenerator(seed: seed)
      var second = CaseGenerator(seed: seed)
      #expect(first.next() == second.next())
    }
  }

  @Test func casesKeepTheRulesOfLayouts() {
    var kinds = Set<String>()
    for seed: UInt64 in 0..<500 {
      var generator = CaseGenerator(seed: seed)
      let made = generator.next()
      #expect((1...6).contains(made.banks.count))
      #expect(made.banks.indices.contains(made.homeBank))
      for (lower, upper) in zip(made.banks, made.banks.dropFirst()) {
        #expect(lower.last < upper.start, "case \(seed)")
      }
      kinds.insert(made.regions.isEmpty ? "plain" : "regions")
      kinds.insert(made.parameters.contains("@") ? "placed" : "free")
      kinds.insert(made.dmaLimit == nil ? "all in reach" : "narrow bus")
      kinds.insert(made.cpuCount == 1 ? "one CPU" : "CPUs")
    }
    #expect(kinds.count == 8)
  }

  @Test(arguments: [false, true]) func casesOf32BitsKeepTheirRules(hasLPAE: Bool) {
    let options = ["HIGHMEM"] + (hasLPAE ? ["ARM_LPAE", "SPARSEMEM"] : [])
    let arm = ARMFacts(configuration: Dictionary(uniqueKeysWithValues: options.map { ($0, "y") }))
    var kinds = Set<String>()
    for seed: UInt64 in 0..<500 {
      var generator = CaseGenerator(seed: seed, for: arm)
      let made = generator.next()
      #expect(made.architecture == .arm)
      // The kernel has to lie in 32 bits.
      #expect(made.banks[made.homeBank].start.value < 1 << 32, "case \(seed)")
      for (lower, upper) in zip(made.banks, made.banks.dropFirst()) {
        #expect(lower.last < upper.start, "case \(seed)")
      }
      let end = (made.banks.last?.last.value ?? 0) &+ 1
      kinds.insert(end == 1 << 32 ? "up to 4 GiB" : end > 1 << 32 ? "above" : "below")
      kinds.insert(made.memoryParameters.prefix { $0 != "=" }.description)
      kinds.insert(made.homeBank == 0 ? "first bank" : "another bank")
    }
    #expect(
      kinds == [
        "up to 4 GiB", "above", "below", "", "vmalloc", "mem", "first bank", "another bank",
      ]
    )
  }

  @Test func everySmallerCaseIsAnother() {
    var generator = CaseGenerator(seed: 11)
    let made = generator.next()
    for smaller in CaseShrinker().smaller(than: made) {
      #expect(smaller != made)
      #expect(smaller.banks.indices.contains(smaller.homeBank))
    }
  }

  private static let console = """
    [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd070]
    [    0.000000] cma: Reserved 64 MiB at 0x000000007c000000
    [    0.000000] Memory: 1032940K/2097152K available (1918K kernel code, 40212K reserved, 65536K cma-reserved)
    @cmalab 1 begin 0 uname 10 00000000
    """

  @Test func highmemComesBehindWhatIsReserved() {
    let console = Self.console.replacing(
      "65536K cma-reserved)", with: "65536K cma-reserved, 0K highmem)")
    #expect(differences({ _ in }, console: console).isEmpty)
    #expect(differences({ $0.pools = [] }, console: console).count == 1)
  }

  private func differences(_ change: (inout Prediction) -> Void, console: String = console)
    -> [String]
  {
    guard let range = PhysicalRange(start: PhysicalAddress(0x7c00_0000), size: .mebibytes(64))
    else {
      return ["no range"]
    }
    var prediction = Prediction(
      line: "6.1", checkedRelease: "6.1.192", basis: .commandLine,
      alignment: .mebibytes(4), totalBytes: .mebibytes(64))
    prediction.pools = [.init(name: "reserved", range: range, isDefault: true, isActive: true)]
    prediction.messages = ["cma: Reserved 64 MiB at 0x000000007c000000"]
    change(&prediction)
    // The guest is stopped as soon as its user space speaks.
    let outcome = CaseOutcome(
      Transcript(Array(console.utf8)), halt: .overdue(stage: "all that is compared", seconds: 0))
    return outcome.differences(from: prediction)
  }

  @Test func aRightPredictionHasNoDifference() {
    #expect(differences { _ in }.isEmpty)
  }

  @Test func aWrongOneHas() {
    #expect(differences { $0.messages = ["cma: Reserved 64 MiB at 0x0000000078000000"] }.count == 1)
    #expect(differences { $0.messages = [] }.count == 1)
    #expect(differences { $0.pools = [] }.count == 1)
    #expect(differences { $0.fatality = .outOfMemory }.count == 1)
    #expect(differences { $0.unknown = "it is not modelled" }.count == 1)
    let died = Self.console.replacing(
      "@cmalab 1", with: "[    0.4] Kernel panic - not syncing: System is deadlocked on memory\n@x")
    #expect(differences({ _ in }, console: died).count == 1)
    #expect(differences({ $0.fatality = .outOfMemory }, console: died).isEmpty)
    #expect(differences({ $0.hazards = [.littleMemory] }, console: died).isEmpty)
  }

  @Test func anAreaMayLackItsBitmapWhereMemoryIsShort() {
    let lacking = Self.console.replacing(
      "@cmalab 1", with: "[    0.2] cma: CMA area reserved could not be activated\n@cmalab 1")
    #expect(differences({ $0.hazards = [.littleMemory] }, console: lacking).isEmpty)
    #expect(differences({ _ in }, console: lacking).count == 1)
  }
}
