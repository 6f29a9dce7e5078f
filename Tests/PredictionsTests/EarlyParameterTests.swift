// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import Predictions

/// What a command line says beside the pools, and what becomes of a prediction.
@Suite struct EarlyParameterTests {
  private func unknown(_ parameters: String) -> String? {
    Prediction(
      of: KernelsOfOurs.facts("6.1"),
      with: KernelsOfOurs.memory("6.1", banks: KernelsOfOurs.single, parameters: parameters)
    ).unknown
  }

  @Test(arguments: [
    "kernelcore=512M", "numa=fake=8", "rodata=off", "hugetlb_cma=1G", "movable_node",
    "kvm-arm.mode=protected", "initrd=0x48000000,8M",
    // The kernel takes one for the other.
    "hugetlb-cma=1G", "kvm_arm.mode=protected", "\"kernelcore=50%\"",
  ])
  func whatCutsMemoryOtherwiseIsNotPredicted(parameter: String) throws {
    let reason = try #require(unknown("cma=64M \(parameter)"))
    #expect(reason.hasPrefix("the parameter '"))
    #expect(reason.hasSuffix("' is not modelled"))
  }

  @Test(arguments: [
    "kvm-arm.mode=nvhe", "kvm-arm.mode", "quiet", "log_buf_len=1M", "kernelcores=1", "nokaslr",
    "xnuma=off", "-- kernelcore=512M",
  ])
  func whatLeavesThePoolsAloneIsPredicted(parameter: String) {
    #expect(unknown("cma=64M \(parameter)") == nil)
  }

  @Test func eachParameterStandsInOneList() {
    let changes = EarlyParameter.unmodelled.filter { $0.value == nil }
      .map { String(decoding: $0.name, as: UTF8.self) }
    let all = EarlyParameter.modelled + EarlyParameter.harmless + changes
    #expect(Set(all).count == all.count)
    #expect(EarlyParameter.harmless.contains("kvm-arm.mode"))
  }

  /// A vendor's kernel that reads one more.
  @Test func aSourcesOwnParameterIsNotPredicted() throws {
    let files = [
      "kernel/dma/vendor.c": """
      static int __init carve(char *p) { return 0; }
      early_param("vendor_carve", carve);
      early_param_on_off("quiet", a, b, CONFIG_C);
        early_param("indented", carve);
      /* early_param("comment", carve); */
      early_param("cut
      """,
      "mm/hugetlb.c": "hugetlb_early_param(\"hugepages\", hugepages_setup);\n",
      "mm/Kconfig": "early_param(\"no_source\", carve);\n",
      "drivers/usb/core.c": "early_param(\"elsewhere\", carve);\n",
    ]
    let source = KernelSource(
      read: { files[$0].map { Array($0.utf8) } },
      list: { folder in files.keys.filter { $0.hasPrefix("\(folder)/") } })
    #expect(source.earlyParameters == ["hugepages", "quiet", "vendor_carve"])

    let release = try #require(KernelRelease("6.1.141"))
    let rules = try #require(KernelRules(release: release, reading: source))
    #expect(rules.reading?.unknownParameters == ["vendor_carve"])
    var facts = KernelsOfOurs.facts("6.1")
    facts.rules.reading = rules.reading
    func unknown(_ parameters: String) -> String {
      let memory = KernelsOfOurs.memory(
        "6.1", banks: KernelsOfOurs.single, parameters: parameters)
      return Prediction(of: facts, with: memory).unknown ?? ""
    }
    let words = "the parameter 'vendor_carve', which no kernel has that is known, is not modelled"
    #expect(unknown("cma=64M vendor-carve=1M").contains(words))
    #expect(!unknown("cma=64M").contains(words))
  }
}
