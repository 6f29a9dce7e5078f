// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Records
import Reports
import Testing

@Suite struct RulesTextTests {
  /// What a source does not show is not the same as what a release does, whatever is assumed of it.
  @Test func aRuleThatASourceDoesNotShowIsListed() throws {
    let release = try #require(KernelRelease("6.1.141"))
    let file = """
      void __init bootmem_init(void)
      {
      \tsparse_init();
      \tzone_sizes_init();
      \tdma_contiguous_reserve(x);
      }

      """
    let source = KernelSource { $0 == "arch/arm64/mm/init.c" ? Array(file.utf8) : nil }
    let read = try #require(KernelRules(release: release, reading: source))
    let list = RuleList(read, against: KernelRules(release: release))
    #expect(!list.rules.map(\.name).contains("pool-time"))
    let order = try #require(list.rules.first { $0.name == "region-order" })
    #expect(order.form.value == order.other?.value && !order.differs)
    let differing = list.rules.count(where: \.differs)
    let heading =
      "Linux 6.1.141 (its source) and 6.1.141 differ in \(differing) of \(list.count) rules, "
      + "and of \(list.rules.count - differing) more the source has no form that is known\n"
    #expect(RulesText(list, style: .init()).document.hasPrefix(heading))
  }
}
