// SPDX-License-Identifier: Apache-2.0
import BootLogs
import Quantities
import Testing

/// What vendors' and old kernels, boot loaders and other machines print: excerpts with numbers of
/// their own.
@Suite struct VendorLogTests {
  private func boots(_ text: String) -> [LoggedBoot] { BootLog(Array(text.utf8)).boots }

  private static let layout = """
    [    0.000000] Linux version 4.4.90-vendor (b@h) (gcc version 5.4.0 (GCC) ) #1 SMP
    [    0.000000] Boot CPU: AArch64 Processor [411fd073]
    [    0.000000] cma: Reserved 96 MiB at 0x00000000f9000000
    [    0.000000] Virtual kernel memory layout:
                       vmalloc : 0xffffff8000000000 - 0xffffffbdbfff0000   (   246 GB)
                         .init : 0xffffffc0010cd000 - 0xffffffc0011f0000   (  1164 KB)
    [    0.000000] SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=6, Nodes=1

    """

  /// A message of several lines has the time in front of the first one alone.
  @Test func theLinesOfOneMessageAreNoDamage() {
    let boot = boots(Self.layout).first
    #expect(boot?.garbled.isEmpty == true)
    #expect(boot?.pools.map(\.value.base?.description) == ["0xf9000000"])
  }

  @Test func aLineWithoutItsTimeIsDamage() throws {
    let damaged = Self.layout.replacing("[    0.000000] SLUB", with: "000000] SLUB")
    let boot = try #require(
      boots(damaged + "[    0.000000] Hierarchical RCU implementation.\n").first)
    #expect(
      boot.garbled.map(\.text) == [
        "000000] SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=6, Nodes=1"
      ])
    #expect(boot.pools.map(\.value.base) == [nil])
    #expect(boot.pools.map(\.value.isDoubted) == [true])
  }

  /// A USB device's name in Latin-1, long after.
  @Test func damageAfterTheBootSaysNothingOfItsPools() {
    let late = Array("[    8.251000] usb 1-1: Manufacturer: ".utf8) + [0xe9, 0x07, 0x0a]
    let boot = BootLog(Array(Self.layout.utf8) + late).boots.first
    #expect(boot?.garbled.isEmpty == true)
    #expect(boot?.pools.map(\.value.base?.description) == ["0xf9000000"])
  }

  /// 3.x prints eight digits of any address (%08lx).
  @Test func eightDigitsOfAnOldKernelAreNoSignOf32Bits() {
    let boot = boots(
      """
      [    0.000000@0] Linux version 3.14.20 (b@h) (gcc version 4.8.3) #1 SMP
      [    0.000000@0] CPU: AArch64 Processor [410fd034] revision 4
      [    0.000000@0] cma: Reserved 12 MiB at 0f400000, total cma pages:3072

      """
    ).first
    #expect(boot?.architecture?.value == .arm64)
    #expect(boot?.pools.map(\.value.base?.description) == ["0xf400000"])
  }

  @Test(arguments: [
    ("riscv64-unknown-linux-gnu-gcc", "riscv64", nil), ("aarch64-poky-linux-gcc", nil, "arm64"),
    ("arm-linux-gnueabihf-gcc", nil, "arm"), ("armv7-alpine-linux-musleabihf-gcc", nil, "arm"),
    ("mipsel-openwrt-linux-musl-gcc", "mipsel", nil), ("gcc-12", nil, nil),
  ])
  func aCompilersNameTellsTheArchitecture(compiler: String, other: String?, arm: String?) {
    let boot = boots("[    0.000000] Linux version 6.6.20 (b@h) (\(compiler) (GCC) 13.2) #1\n")
      .first
    #expect(boot?.otherArchitecture?.value == other)
    #expect(boot?.architecture?.value.rawValue == arm)
  }

  /// Ranges and pools are the same there; the rules are not.
  @Test func aServerOfAnotherKindIsNotARM() {
    let boot = boots(
      """
      [    0.000000] Linux version 5.14.0-500.el9 (b@h) (gcc (GCC) 11.4.1) #1 SMP
      [    0.000000] BIOS-provided physical RAM map:
      [    0.009093] cma: Reserved 192 MiB at 0x0000000100000000 on node -1
      [    0.012000]   DMA32    [mem 0x0000000001000000-0x00000000ffffffff]
      [    0.012001]   Normal   [mem 0x0000000100000000-0x000000021fffffff]
      [    0.040339] Memory: 6252120K/8608544K available (16384K kernel code, 5666K rwdata, 13072K rodata, 3996K init, 7680K bss, 733484K reserved, 196608K cma-reserved)

      """
    ).first
    #expect(boot?.otherArchitecture?.value == "x86")
    #expect(boot?.architecture == nil)
    #expect(boot?.pools.map(\.value.base?.description) == ["0x100000000"])
  }

  /// Exynos' kernels of 3.18 place the pools of nodes and name them behind.
  @Test func aNodesDriverPlacesItsPool() {
    let boot = boots(
      """
      [    0.000000] Linux version 3.18.20 (b@h) (gcc version 4.9) #1 SMP
      [    0.000000] cma: CMA: reserved 40 MiB at 71000000
      [    0.000000] CMA memory[9]: gpu_buffer:0x2800000
      [    0.000000] Reserved memory: initialized node gpu_buffer, compatible id vendor-ion,gpu_buffer
      [    0.000000] cma: CMA: reserved 20 MiB at 75c00000
      [    0.000000] Kernel command line: console=ram root=/dev/ram0

      """
    ).first
    #expect(boot?.pools.map(\.value.name) == ["gpu_buffer", nil])
    #expect(boot?.pools.map(\.value.kind) == [.deviceTree, .kconfig])
    #expect(boot?.pools.map(\.value.base?.description) == ["0x71000000", "0x75c00000"])
  }

  private static func placed(_ sizes: [Int], _ commandLine: String) -> String {
    let pools = sizes.enumerated().map { index, size in
      "[    0.000000] cma: Reserved \(size) MiB at 0x00000000\(5 + index)0000000\n"
    }
    return "[    0.000000] Linux version 4.4.69 (b@h) (gcc version 4.9.2 (GCC) ) #1\n"
      + pools.joined() + "[    0.000000] Kernel command line: \(commandLine)\n"
  }

  /// Machines' own code makes pools without a name, before or after the default one.
  @Test(arguments: [
    ([64, 16], "console=ttyS0", ["unknown", "unknown"]),
    ([64, 16], "cma=16M", ["unknown", "command-line"]),
    ([64, 16], "rk_dma_heap_cma=16M", ["kconfig", "command-line"]),
    ([64, 16], "cma=64M rk_dma_heap_cma=16M", ["command-line", "command-line"]),
    ([64], "console=ttyS0", ["kconfig"]), ([64], "cma=10%", ["command-line"]),
  ])
  func whichPoolIsTheDefault(sizes: [Int], commandLine: String, kinds: [String]) {
    let boot = boots(Self.placed(sizes, commandLine)).first
    #expect(boot?.pools.map(\.value.kind.rawValue) == kinds)
  }

  @Test func aBootLoaderPassesItsBanksOn() {
    let boot = boots(
      """
      Adding bank:0000000000200000(000000003fe00000)
      Add bank:0000000000200000, 0000000008200000
      Add bank:0000000009600000, 0000000036a00000

      Starting kernel ...

      [    0.000000] Linux version 4.4.103 (b@h) (gcc version 4.9) #1 SMP
      [    0.000000] cma: Reserved 16 MiB at 0x000000003f000000

      """
    ).first
    #expect(
      boot?.banks?.value.map(\.description) == ["0x200000-0x83fffff", "0x9600000-0x3fffffff"])
    #expect(boot?.pools.map(\.value.base?.description) == ["0x3f000000"])
  }

  /// A boot loader with a clock of its own, and a logger's word on itself, are no boots.
  @Test func whatComesBeforeAKernelIsNoBoot() {
    let loader = boots(
      """
      [0000.176] Bootloader version 2.1
      [0000.199] Lp0 Carveout Base=0x00000000ff780000 Size=0x00001000
      [    0.000000] Booting Linux on physical CPU 0x0
      [    0.000000] Linux version 4.9.140 (b@h) (gcc version 7.3) #1 SMP

      """)
    #expect(loader.map(\.firstLine) == [3])
    let logger = boots(
      """
      Dec  4 11:16:33 board kernel: imklog 5.8.11, log source = /proc/kmsg started.
      Dec  4 11:16:33 board kernel: [    0.000000] Booting Linux on physical CPU 0
      Dec  4 11:16:33 board kernel: [    0.000000] Linux version 3.4.0 (b@h) (gcc version 4.7) #8

      """)
    #expect(logger.map(\.firstLine) == [2])
  }

  @Test func whatIsNotReadIsKept() {
    let boot = boots(
      """
      [    0.000000] Linux version 3.4.5 (b@h) (gcc version 4.6) #1
      [    0.000000] S5P/CMA: Reserved 0x06000000@0xb7e00000 for 'ion'
      [    0.000000] bcma: bus0: Found chip
      [    0.000000] alg: cmac(aes) is there

      """
    ).first
    #expect(boot?.unread.map(\.number) == [2])
    #expect(boot?.pools.isEmpty == true)
  }
}
