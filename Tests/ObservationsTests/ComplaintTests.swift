// SPDX-License-Identifier: Apache-2.0
import GuestConsoles
import KernelConsole
import Quantities
import Testing
import Transcripts

@testable import Observations

/// What each kernel line prints, word for word.
@Suite struct ComplaintTests {
  private func messages(_ lines: [String]) -> CMAMessages {
    let text = lines.map { "<6>[    0.000000] \($0)\n" }.joined()
    let console = FramedConsole(records: [.init("kernel-log", text)])
    return CMAMessages(KernelLog(Transcript(console.bytes)))
  }

  @Test(
    arguments: [
      ("OF: fdt: Reserved memory: unsupported node format, ignoring", "node-format", nil),
      ("OF: reserved mem: Reserved memory: unsupported node format, ignoring", "node-format", nil),
      (
        "OF: fdt: Reserved memory: invalid reg property in 'a@1', skipping node.", "reg-length",
        "a@1"
      ),
      ("OF: reserved mem: invalid size property in 'a' node.", "size-length", "a"),
      ("OF: reserved mem: failed to allocate memory for node 'a'", "no-room", "a"),
      ("OF: reserved mem: failed to allocate memory for node 'a': size 64 MiB", "no-room", "a"),
      ("OF: reserved mem: node a@1 compatible matching fail", "driver-refused", "a@1"),
      ("OF: reserved mem: OVERLAP DETECTED!", "overlap", nil),
      ("OF: reserved mem: not enough space for all defined regions.", "region-slots", nil),
      (
        "Reserved memory: bypass linux,cma node, using cmdline CMA params instead", "bypassed",
        "linux,cma"
      ),
      ("Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.", "bypassed", nil),
      (
        "OF: reserved mem: Skipping dt linux,cma-default for \"cma=\" kernel param.", "bypassed",
        nil
      ),
      (
        "cma: Region at 0x0000000000700000 must be aligned to 0x0000000000400000 bytes",
        "base-alignment", nil
      ),
      ("cma: CMA area reserved could not be activated", "not-activated", "reserved"),
      ("cma: Failed to reserve 64 MiB", "not-reserved", nil),
      ("cma: Failed to reserve 64 MiB on node -1", "not-reserved", nil),
      ("cma: cma_alloc: reserved: alloc failed, req-size: 4 pages, ret: -12", "allocation", nil),
      ("cma: cma_alloc: alloc failed, req-size: 4 pages, ret: -16", "allocation", nil),
      ("cma: __cma_alloc: reserved: alloc failed, req-size: 4 pages, ret: -12", "allocation", nil),
      (
        "cma: __cma_alloc_frozen: reserved: alloc failed, req-size: 4 pages, ret: -12",
        "allocation", nil
      ),
    ] as [(String, String, String?)])
  func everyComplaintIsKnown(line: String, id: String, subject: String?) {
    let messages = messages([line])
    #expect(messages.complaints.map(\.kind.id.rawValue) == [id])
    #expect(messages.complaints.first?.subject == subject)
    #expect(messages.unknown.isEmpty)
    #expect(messages.all.count == 1)
  }

  /// It begins with a node's name, so it counts only where the kernel says what it is.
  @Test func theSecondLineOfAnOverlapCountsBehindTheFirst() {
    let second = "a@1 (0x1--0x2) overlaps with b@2 (0x2--0x3)"
    let messages = messages(["OF: reserved mem: OVERLAP DETECTED!", second])
    #expect(messages.complaints.map(\.subject) == [nil, "a@1"])
    #expect(messages.complaints.map(\.kind.id) == [.overlap, .overlap])
    #expect(self.messages([second, "Kernel command line: \(second)"]).all.isEmpty)
  }

  @Test(
    arguments: [
      ("cma: Reserved 64 MiB at 0x00000000ec000000", 0xec00_0000),
      ("cma: Reserved 64 MiB at 0x00000000ec000000 on node -1", 0xec00_0000),
      ("cma: Reserved 64 MiB in 2 ranges", nil), ("cma: Reserved 64 MiB in 1 range", nil),
    ] as [(String, UInt64?)])
  func everyLinesPoolIsRead(line: String, base: UInt64?) {
    let messages = messages([line])
    #expect(messages.reserved.map(\.value.wholeMebibytes) == [64])
    #expect(messages.reserved.first?.value.base?.value == base)
    #expect(messages.unknown.isEmpty)
  }

  @Test func aCreatedPoolBelongsToTheNodeThatIsInitializedNext() {
    let messages = messages([
      "Reserved memory: created CMA memory pool at 0x0000000050000000, size 64 MiB",
      "OF: reserved mem: initialized node a@50000000, compatible id shared-dma-pool",
      "Reserved memory: created DMA memory pool at 0x0000000060000000, size 1 MiB",
      "OF: reserved mem: initialized node b@60000000, compatible id shared-dma-pool",
      "Reserved memory: created DMA memory pool at 0x0000000070000000, size 2560 KiB",
      "OF: reserved mem: initialized node c@70000000, compatible id shared-dma-pool",
      "OF: reserved mem: 0x0000000050000000..0x0000000053ffffff (65536 KiB) map reusable a@50000000",
    ])
    #expect(messages.initialized.map(\.value.node) == ["a@50000000", "b@60000000", "c@70000000"])
    #expect(messages.initialized.map(\.value.isCMA) == [true, false, false])
    #expect(messages.initialized.map(\.value.wholeMebibytes) == [64, 1, 2])
    #expect(messages.initialized.first?.value.base?.value == 0x5000_0000)
    #expect(messages.unknown.isEmpty)
  }

  @Test func whatNobodyKnowsIsKept() {
    let messages = messages(["cma: something new about pools", "usb: cma: of no concern"])
    #expect(messages.unknown.count == 1)
    #expect(messages.all.count == 1)
    #expect(messages.complaints.isEmpty)
  }
}
