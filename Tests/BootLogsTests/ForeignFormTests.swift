// SPDX-License-Identifier: Apache-2.0
import BootLogs
import Quantities
import Testing

/// What terminals, loggers and vendors make of the same lines.
@Suite struct ForeignFormTests {
  private static let messages = [
    "Booting Linux on physical CPU 0x0000000000 [0x410fd034]",
    "Linux version 6.6.58 (builder@host) (gcc) #1 SMP",
    "Machine model: A board",
    "cma: Reserved 64 MiB at 0x0000000078000000",
    "Zone ranges:",
    "  DMA      [mem 0x0000000040000000-0x000000007fffffff]",
    "Early memory node ranges",
    "  node   0: [mem 0x0000000040000000-0x000000007fffffff]",
    "Initmem setup node 0 [mem 0x0000000040000000-0x000000007fffffff]",
    "Kernel command line: console=ttyS0 cma=64M root=/dev/ram",
    "Memory: 900000K/1048576K available (1K kernel code, 65536K cma-reserved)",
  ]

  private static let prefixes = [
    "", "[    0.000000] ", "[ 0.000000] ", "<6>[    0.000000] ", "<5>", "[    0.000000@0] ",
    "[    0.000000] <0>-(0)[0:swapper]", "[    0.000000] [c0] ", "[    0.000000][    T0] ",
    "[    0.000000][T0@C0] ", "[   63.131821s][pid:2476,cpu5,name]", "[Fri Oct 16 12:43:58 2020] ",
    "Apr  6 18:17:25 board kernel: [    0.000000] ", "Apr  6 18:17:25 board kernel: ",
    "2024-10-14T21:52:50.123456+02:00 board kernel: [    0.000000] ", "14:26:43.787 [info] ",
    "14:26:43.787 [info] [    0.000000] ", "[2021-01-01 12:00:00] [    0.000000] ",
    "\u{1b}[32m[    0.000000] \u{1b}[0m", "kern  :info  : [    0.000000] ", "6,339,5140900,-;",
    "[  +0.000012] ", "[    0.000000 <    0.000012>] ", "[Oct16 12:43] ",
    "[    0.000000]  [0:      swapper:    0] ", "[    0.000000] (CPU:0-pid:1:swapper) ",
    "[    0.000000] .(0)[0:swapper]", "[    0.000000] [      T0] ",
    "Jan  1 00:00:04 board user.info kernel: ", "Mon 2024-10-14 21:52:50 CEST board kernel: ",
    "Oct 14 21:52:50.123456 board kernel: ", "1602852238.123456 board kernel: ",
    "[    0.000000] board kernel: ", "<6>Apr  6 18:17:25 board kernel: ",
    "<6>1 2024-10-14T21:52:50.123456+02:00 board kernel - - - ",
    "2024-10-14T21:52:50,123456+02:00 ", "2024-10-14T21:52:50.123456 [    0.000000] ",
    "Oct 14 21:52:50 [    0.000000] ", "[Mon Oct 14 21:52:50.123 2024] [    0.000000] ",
    "[3.123456 0.000123] [    0.000000] ", "05-26 20:26:46.899     0     0 I         : ",
    "05-26 20:26:46.899     0     0 I ",
    "05-26 20:26:46.899     0     0 I         : -(0)[0:swapper]",
    "MESSAGE=", "    MESSAGE=", "> [    0.000000] ", ">>>> > [    0.000000] ", "> > ",
    "    [    0.000000] ", "\t<6>[    0.000000] ",
  ]

  private static let ends = ["\n", "\r\n", "\r\r\n", "  \n", "\n\r"]

  /// The console of a guest of cmalab's, whose init is there before half a second has passed.
  @Test func recordsOfAGuestAreNoGarbledLines() throws {
    let kernel = Self.messages.map { "[    0.000000] \($0)\r\n" }.joined()
    let record = Self.messages.map { "@7 <6>[    0.000000] \($0)\r\n" }.joined()
    let text =
      kernel + "@cmalab 1 begin 7 kernel-log 12 0badcafe\r\n" + record + "@cmalab 1 end 7\r\n"
      + "[    0.247497] reboot: Power down\r\n"
    let boot = try #require(BootLog(Array(text.utf8)).boots.first)
    #expect(boot.garbled.isEmpty)
    #expect(boot.pools.map(\.value.base) == [PhysicalAddress(0x7800_0000)])
  }

  @Test(arguments: prefixes, ends)
  func aPrefixAndALineEndChangeNothing(prefix: String, end: String) throws {
    let text = Self.messages.map { prefix + $0 + end }.joined()
    let boots = BootLog(Array(text.utf8)).boots
    try #require(boots.count == 1)
    let boot = boots[0]
    #expect(boot.release?.value == "6.6.58")
    #expect(boot.machine?.value == "A board")
    #expect(boot.banks?.value.map(\.description) == ["0x40000000-0x7fffffff"])
    #expect(boot.commandLine?.value.poolArgument == "64M")
    #expect(boot.pools.map(\.value.base?.description) == ["0x78000000"])
    #expect(boot.pools.map(\.value.kind) == [.commandLine])
    #expect(boot.memory?.value.pools == .mebibytes(64))
  }

  /// How programs hand on a message: around it.
  private static let envelopes: [(before: String, after: String)] = [
    // dmesg --json.
    (
      "      {\n         \"pri\": 6,\n         \"time\":     0.000000,\n         \"msg\": \"",
      "\"\n      },"
    ),
    ("{\"pri\":6,\"time\":0.0,\"msg\":\"", "\"}"),
    ("{\"_BOOT_ID\":\"1\",\"MESSAGE\":\"", "\",\"_TRANSPORT\":\"kernel\"}"),
    ("{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"", "\"}"),
    ("{\n\t\"_TRANSPORT\" : \"kernel\",\n\t\"MESSAGE\" : \"", "\"\n}"),
    ("_TRANSPORT=kernel\nMESSAGE=", "\nPRIORITY=6\n"),
  ]

  @Test(arguments: envelopes.indices)
  func anEnvelopeChangesNothing(index: Int) throws {
    let envelope = Self.envelopes[index]
    let text = Self.messages.map { envelope.before + $0 + envelope.after + "\n" }.joined()
    let boot = try #require(BootLog(Array(text.utf8)).boots.first)
    #expect(boot.release?.value == "6.6.58")
    #expect(boot.banks?.value.map(\.description) == ["0x40000000-0x7fffffff"])
    #expect(boot.pools.map(\.value.base?.description) == ["0x78000000"])
    #expect(boot.memory?.value.pools == .mebibytes(64))
    #expect(boot.garbled.isEmpty)
  }

  @Test func otherProgramsEntriesAreNotTheKernels() {
    let text = """
      {"_TRANSPORT":"kernel","MESSAGE":"Linux version 6.6.58 (builder@host) (gcc) #1 SMP"}
      {"_TRANSPORT":"stdout","MESSAGE":"cma: Reserved 32 MiB at 0x0000000070000000"}
      {"MESSAGE":"say \\"\\u0022 cma: Reserved 32 MiB","_TRANSPORT":"syslog"}
      05-26 20:26:46.899   312   312 I cma     : Reserved 32 MiB at 0x0000000070000000

      """
    let boots = BootLog(Array(text.utf8)).boots
    #expect(boots.count == 1 && boots.first?.pools.isEmpty == true)
  }

  /// logcat takes what stands before a message's first colon for its tag.
  @Test func logcatCutsMessagesAtTheirColon() {
    let text = """
      05-26 20:26:46.899     0     0 I         : Booting Linux on physical CPU 0x0
      05-26 20:26:46.899     0     0 I OF      : reserved mem: failed to allocate memory for node 'linux,cma'
      05-26 20:26:46.899     0     0 I cma     : Reserved 32 MiB at 0x0000000070000000

      """
    let boot = BootLog(Array(text.utf8)).boots.first
    #expect(boot?.pools.map(\.value.outcome) == [.refused, .reserved])
  }

  @Test func whatAProgramEchoesIsNotTheKernels() {
    let text = """
      [    0.000000] Linux version 6.6.58 (builder@host) (gcc) #1 SMP
      [    0.000000] Kernel command line: console=ttyS0 note=cma: Reserved 64 MiB at 0x0000000078000000
      cma: Reserved 32 MiB at 0x0000000070000000
      Linux version 5.10.1 (another)
      Apr  6 18:17:25 board systemd[1]: cma: Reserved 16 MiB at 0x0000000060000000
      [    1.500000] random: crng init done

      """
    let boots = BootLog(Array(text.utf8)).boots
    #expect(boots.count == 1)
    #expect(boots.first?.pools.isEmpty == true)
    #expect(boots.first?.release?.value == "6.6.58")
  }

  @Test func mailProgramsEncode() {
    let text = """
      [    0.000000] Kernel command line: console=3DttyS0,115200 cma=3D128M root=3D/dev/ram=0D

      """
    let boot = BootLog(Array(text.utf8)).boots.first
    #expect(boot?.commandLine?.value.poolArgument == "128M")
  }

  @Test func longCommandLinesArePrintedInParts() {
    let text = """
      [    0.000000] Kernel command line: console=ttyS0 root=/dev/ram \\
      [    0.000000] Kernel command line: cma=96M quiet

      """
    let boot = BootLog(Array(text.utf8)).boots.first
    #expect(boot?.commandLine?.value.text == "console=ttyS0 root=/dev/ram cma=96M quiet")
    #expect(boot?.commandLine?.value.isWhole == true)
    #expect(boot?.commandLine?.value.poolArgument == "96M")
  }

  @Test func aTerminalsEdgeCutsTheLastWord() {
    let line =
      "[    0.000000] Kernel command line: console=ttyS0,115200 cma=1024M root=/dev/mmcblk0"
    let other = "[    0.000000] psci: SMC Calling Convention v1.2, and more of the same words, so"
    let cut = [line, other].map { $0.prefix(63) + "\n" }.joined()
    let boot = BootLog(Array(cut.utf8)).boots.first
    #expect(boot?.commandLine?.value.isWhole == false)
    #expect(boot?.commandLine?.value.poolArgument == nil)
  }

  @Test func aLineWithoutEndDoesNotGrow() {
    var reader = BootLogReader()
    let chunk = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
    for _ in 0..<8 { reader.read(chunk) }
    #expect(reader.finish().boots.isEmpty)
  }

  @Test func chunksMayEndAnywhere() {
    let text = Self.messages.map { "[    0.000000] \($0)\r\n" }.joined()
    let whole = BootLog(Array(text.utf8))
    for size in 1...97 {
      var reader = BootLogReader()
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        reader.read(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      #expect(reader.finish() == whole)
    }
  }
}
