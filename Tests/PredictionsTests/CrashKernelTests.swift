// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities
import Testing

/// What `crashkernel=` gets of the memory that the pools leave.
@Suite struct CrashKernelTests {
  private func predict(
    _ line: String, _ parameters: String, on banks: [(UInt64, UInt64)] = KernelsOfOurs.wide,
    _ changes: [String: String?] = [:]
  ) -> Prediction {
    let kexec: [String: String?] = ["KEXEC_CORE": "y", "CRASH_RESERVE": "y"]
    return Prediction(
      of: KernelsOfOurs.facts(line, kexec.merging(changes) { $1 }),
      with: KernelsOfOurs.memory(line, banks: banks, parameters: parameters))
  }

  private func sizes(_ prediction: Prediction) -> [UInt64] {
    guard case .reserved(let range, let low) = prediction.crashKernel else { return [] }
    return ([range] + (low.map { [$0] } ?? [])).map { $0.size.bytes >> 20 }
  }

  @Test(arguments: KernelsOfOurs.lines) func itLiesBelowThePoolAndNotInItsWay(_ line: String) {
    let alone = predict(line, "cma=3000M")
    let both = predict(line, "cma=3000M crashkernel=256M")
    #expect(both.pools.map(\.range) == alone.pools.map(\.range))
    guard case .reserved(let range, nil) = both.crashKernel else {
      Issue.record("it is refused")
      return
    }
    #expect(range.last.value + 1 == both.pools[0].range.start.value)
    #expect(both.messages.last?.hasPrefix("crashkernel reserved: 0x0000000024800000 - ") == true)
    #expect(both.freeBytes.bytes + 256 << 20 <= alone.freeBytes.bytes)
  }

  @Test(arguments: KernelsOfOurs.lines) func aKernelWithoutItSaysNothing(_ line: String) {
    let without: [String: String?] = ["KEXEC_CORE": nil, "CRASH_RESERVE": nil]
    let prediction = predict(line, "cma=64M crashkernel=256M", without)
    #expect(prediction.crashKernel == nil)
    #expect(!prediction.messages.contains { $0.contains("crashkernel") }, "\(prediction.messages)")
  }

  /// All of RAM is 3840 MiB and 256 MiB: 4 GiB.
  @Test(arguments: [
    ("crashkernel=64M", 64), ("crashkernel=0x4000000", 64), ("crashkernel=64M@0", 64),
    ("crashkernel=64M crashkernel=32M", 32), ("crashkernel=32M crashkernel=64M,high", 32),
    ("xcrashkernel=64M", 64), ("crashkernel=0-2G:16M,2G-:32M", 32),
    ("crashkernel=0-4G:16M,4G-:48M", 48), ("crashkernel=4G-8G:16M,4G-:48M", 16),
    ("crashkernel=1G-:16M@0x10000000", 16),
  ])
  func aSizeIsReadAsTheKernelReadsIt(_ parameter: String, _ mebibytes: UInt64) {
    for line in KernelsOfOurs.lines {
      #expect(sizes(predict(line, "cma=64M \(parameter)")) == [mebibytes], "\(line)")
    }
  }

  /// 448 MiB of RAM, which all lines but 5.10 take for 512.
  @Test func ramIsRoundedUpWhereTheLineDoesSo() {
    let banks: [(UInt64, UInt64)] = [
      (0, 64 << 20), (0x4000_0000, 64 << 20), (0x8_8000_0000, 320 << 20),
    ]
    for line in KernelsOfOurs.lines {
      let prediction = predict(line, "crashkernel=64M-512M:32M,512M-2G:7M", on: banks)
      #expect(sizes(prediction) == [line == "5.10" ? 32 : 7], "\(line)")
      // One that takes as much as there is counts as malformed.
      let words =
        line == "6.1"
        ? "cannot allocate crashkernel (size:0x1c200000)"
        : "its value is malformed, or more than all RAM"
      let all = predict(line, "crashkernel=64M-:450M", on: banks)
      #expect(all.crashKernel == .refused(words), "\(line)")
    }
  }

  @Test(arguments: ["crashkernel=0", "crashkernel=64M,low", "crashkernel"])
  func noneIsAskedFor(_ parameter: String) {
    for line in KernelsOfOurs.lines {
      #expect(predict(line, "cma=64M \(parameter)").crashKernel == nil, "\(line)")
    }
  }

  @Test(arguments: ["crashkernel=8G-:64M", "crashkernel=1G-:0", "crashkernel=1G-:0@16M"])
  func aListWithNothingForThisRAMIsSaid(_ parameter: String) {
    let words = "crashkernel size resulted in zero bytes"
    let predictions =
      KernelsOfOurs.lines.map { predict($0, "cma=64M \(parameter)") } + [predictOnARM(parameter)]
    for prediction in predictions {
      #expect(prediction.crashKernel == nil)
      #expect(prediction.messages.last == words)
    }
    let plain = predict("6.1", "cma=64M crashkernel=0")
    #expect(!plain.messages.contains(words))
  }

  @Test(arguments: [
    "crashkernel=auto", "crashkernel=64M,", "crashkernel=-64M", "crashkernel=2G-1G:64M",
    "crashkernel=1G:64M", "crashkernel=1G-:", "crashkernel=1G-:5G", "crashkernel=1G-:64M@here",
  ])
  func whatCannotBeReadIsRefused(_ parameter: String) {
    for line in KernelsOfOurs.lines {
      #expect(predict(line, "cma=64M \(parameter)").crashKernel?.isRefused == true, "\(line)")
    }
  }

  @Test func highMeansWhatItDoesOnEachLine() {
    let parameters = "cma=64M crashkernel=96M,high"
    #expect(predict("5.10", parameters).crashKernel == nil)
    #expect(sizes(predict("6.1", parameters)) == [96])
    #expect(sizes(predict("6.1", "\(parameters) crashkernel=32M,low")) == [96, 32])
    for line in ["6.12", "7.2", "7.3"] {
      #expect(sizes(predict(line, parameters)) == [96, 128])
      #expect(sizes(predict(line, "\(parameters) crashkernel=0,low")) == [96])
      // No RAM is above the limit.
      #expect(sizes(predict(line, parameters, on: KernelsOfOurs.single)) == [96])
    }
  }

  @Test func aPoolThatTakesAllBelowTheLimitSendsItUp() {
    let parameters = "cma=3800M crashkernel=64M"
    for line in ["5.10", "6.1"] {
      #expect(
        predict(line, parameters).crashKernel
          == .refused("cannot allocate crashkernel (size:0x4000000)"))
    }
    // 128 MiB below the limit do not fit either.
    for line in ["6.12", "7.2", "7.3"] {
      let words = "cannot allocate crashkernel low memory (size:0x8000000)."
      #expect(predict(line, parameters).crashKernel == .refused(words))
      #expect(sizes(predict(line, "cma=3704M crashkernel=150M")) == [150, 128])
    }
  }

  @Test func aPlaceIsLookedAtInEachLinesOwnWay() {
    let refusals: [(String, String, String)] = [
      ("5.10", "0x50000000", "cannot reserve crashkernel: region overlaps reserved memory"),
      ("5.10", "0x400000000", "cannot reserve crashkernel: region is not memory"),
      ("5.10", "0x10100000", "cannot reserve crashkernel: base address is not 2MB aligned"),
      ("6.1", "0x10100000", "cannot allocate crashkernel (size:0x4000000)"),
      ("6.12", "0x50000000", "crashkernel reservation failed - memory is in use."),
      ("7.2", "0x10100000", "crashkernel reservation failed - memory is in use."),
    ]
    for (line, place, words) in refusals {
      let prediction = predict(line, "cma=3000M crashkernel=64M@\(place)")
      #expect(prediction.crashKernel == .refused(words), "\(line)")
    }
    for line in KernelsOfOurs.lines {
      let prediction = predict(line, "cma=3000M crashkernel=64M@0x10000000")
      #expect(
        prediction.crashKernel == .reserved(KernelsOfOurs.range(0x1000_0000, 64 << 20), low: nil))
    }
  }

  @Test func withoutZonesTheOlderLinesAreUnknown() {
    let none: [String: String?] = ["ZONE_DMA": nil, "ZONE_DMA32": nil]
    for line in ["5.10", "6.1"] {
      #expect(predict(line, "crashkernel=64M", none).unknown?.contains("DMA zones") == true)
      #expect(predict(line, "cma=64M", none).unknown == nil)
    }
    for line in ["6.12", "7.2", "7.3"] {
      #expect(predict(line, "crashkernel=64M", none).unknown == nil)
    }
  }

  /// Blocks of 2 MiB could not be taken out of the linear map.
  @Test func theOldLinesMapPagesForIt() {
    func tables(_ line: String, _ parameter: String) -> UInt64 {
      predict(line, "cma=64M \(parameter)", on: KernelsOfOurs.single).reservations
        .filter { $0.owner == .pageTables }.reduce(0) { $0 + $1.range.size.bytes >> 12 }
    }
    for line in ["5.10", "6.1"] {
      // A page of entries for each 2 MiB of 2 GiB.
      #expect(tables(line, "crashkernel=0") > 1000 + tables(line, ""))
    }
    for line in ["6.12", "7.2", "7.3"] {
      #expect(tables(line, "crashkernel=0") == tables(line, ""))
    }
  }

  @Test(arguments: [
    ("128M", 0xa000_0000, 128, "Reserving 128MB of memory at 2560MB for crashkernel"),
    ("64M@0x90000000", 0x9000_0000, 64, "Reserving 64MB of memory at 2304MB for crashkernel"),
    // The place loses its upper bits, and what is said of it does not.
    ("8M@0x290000000", 0x9000_0000, 8, "Reserving 8MB of memory at 10496MB for crashkernel"),
  ])
  func on32BitARMItLiesInLowmem(
    _ value: String, _ start: UInt64, _ mebibytes: UInt64, _ words: String
  ) {
    let prediction = predictOnARM("cma=64M crashkernel=\(value)")
    #expect(
      prediction.crashKernel == .reserved(KernelsOfOurs.range(start, mebibytes << 20), low: nil))
    #expect(prediction.messages.last == "\(words) (System RAM: 768MB)")
  }

  @Test(arguments: [("800M", "No suitable area found."), ("8M@0x80000000", "memory is in use.")])
  func on32BitARMItIsRefusedInWordsOfItsOwn(_ value: String, _ words: String) {
    let refusal = "crashkernel reservation failed - \(words)"
    #expect(predictOnARM("crashkernel=\(value)").crashKernel == .refused(refusal))
  }

  private func predictOnARM(_ parameters: String) -> Prediction {
    Prediction(
      of: KernelsOfARM.facts(hasLPAE: false, ["KEXEC": "y"]),
      with: KernelsOfARM.memory(banks: KernelsOfARM.stock, parameters: parameters))
  }

  @Test(arguments: KernelsOfOurs.lines) func theSafePoolLeavesIt(_ line: String) {
    let facts = KernelsOfOurs.facts(line, ["KEXEC_CORE": "y", "CRASH_RESERVE": "y"])
    func largest(_ parameters: String) -> LargestPool {
      LargestPool(
        of: facts,
        with: KernelsOfOurs.memory(line, banks: KernelsOfOurs.single, parameters: parameters))
    }
    let without = largest("")
    let with = largest("crashkernel=256M")
    #expect((256...264).contains(without.safe.wholeMebibytes - with.safe.wholeMebibytes))
    #expect(with.needs.first?.size == .mebibytes(256))
    #expect(with.safePrediction.crashKernel?.isRefused == false)
    // The kernel asks nobody: the pool comes first.
    #expect(with.prediction.crashKernel?.isRefused == true)
    // One that fits nowhere is no reason against a pool.
    let unheard = largest("crashkernel=3G")
    #expect((0...8).contains(without.safe.wholeMebibytes - unheard.safe.wholeMebibytes))
  }
}
