// SPDX-License-Identifier: Apache-2.0

/// What stands before a message: the time and level that the kernel, the system's logger or a
/// terminal program wrote there.
struct LinePrefix {
  /// Whether the kernel's own mark is there: a time in brackets, a level, or a logger's `kernel:`.
  private(set) var isKernels: Bool
  /// Whether a logger wrote the line for another program.
  private(set) var isForeign = false
  /// Seconds since the start of the boot; nil where the line does not have them.
  private(set) var seconds: Double?
  /// What is left.
  private(set) var message: ArraySlice<UInt8>

  /// - Parameter isKernels: whether a program around the line says that the kernel wrote it.
  init(_ line: ArraySlice<UInt8>, isKernels: Bool = false) {
    message = line.withoutQuotation
    self.isKernels = isKernels
    if let entry = LogcatEntry(message) {
      isForeign = !entry.isKernels
      self.isKernels = entry.isKernels
      message = entry.message
      skipMarks()
      return
    }
    skipTerminals()
    skipSystemLog()
    // A collector's copy of a system log has the level in front.
    if skipLevel(), !isForeign { skipSystemLog() }
    guard !isForeign else { return }
    skipMarks()
    skipHost()
  }

  private mutating func skipMarks() {
    while skipBracket() {}
    // printk's one blank; the rest may be the message's own.
    if isKernels, message.first == UInt8(ascii: " ") { message = message.dropFirst() }
  }

  // MARK: The system's logger

  /// `Apr  6 18:17:25 host kernel: ` and `2024-10-14T21:52:50+02:00 host kernel: `, with a zone before
  /// the host's name or a facility behind it, and RFC 5424's `host kernel - - - `.
  private mutating func skipSystemLog() {
    var rest = message
    guard let date = rest.skipSystemDate() else { return }
    rest.skipBlanks()
    switch rest.first {
    case UInt8(ascii: "["), UInt8(ascii: "<"):
      // A copy of a console with times in front (ts, LAVA).
      message = rest
      return
    default: break
    }
    if date == .dmesgs {
      isKernels = true
      message = rest
      return
    }
    // A container's or a router's log may have no host's name.
    for _ in 0..<3 {
      let word = rest.prefix { !$0.isBlank }
      guard !word.isEmpty else { return }
      rest = rest.dropFirst(word.count)
      if word.elementsEqual("kernel:".utf8) || rest.skipStructuredData(behind: word) {
        isKernels = true
        rest.skipBlank()
        message = rest
        return
      }
      if word.last == UInt8(ascii: ":") {
        isForeign = true
        return
      }
      rest.skipBlanks()
    }
  }

  /// journalctl -o short-monotonic: `[    0.000000] host kernel: `.
  private mutating func skipHost() {
    guard isKernels, seconds != nil else { return }
    var rest = message
    let host = rest.prefix { !$0.isBlank }
    guard !host.isEmpty, host.last != UInt8(ascii: ":") else { return }
    rest = rest.dropFirst(host.count)
    rest.skipBlank()
    let program = rest.prefix { !$0.isBlank }
    if program.elementsEqual("kernel:".utf8) {
      rest = rest.dropFirst(program.count)
      rest.skipBlank()
      message = rest
    } else if program.suffix(2).elementsEqual("]:".utf8), program.contains(UInt8(ascii: "[")) {
      isForeign = true
    }
  }

  // MARK: Terminals

  /// `14:26:43.787 [info] `, `[2021-01-01 12:00:00] `, `[Mon Oct 14 21:52:50.123 2024] ` and
  /// `[3.123456 0.000123] `: a terminal program's.
  private mutating func skipTerminals() {
    var rest = message
    if rest.first == UInt8(ascii: "[") {
      rest = rest.dropFirst()
      guard let end = rest.prefix(48).firstIndex(of: UInt8(ascii: "]")),
        rest[..<end].isTerminalStamp
      else { return }
      rest = rest[(end + 1)...]
      rest.skipBlank()
      message = rest
      return
    }
    guard rest.skipClock(), rest.first == UInt8(ascii: " ") else { return }
    rest.skipBlanks()
    if rest.first == UInt8(ascii: "[") {
      let word = rest.dropFirst().prefix { $0.isLetter }
      let after = rest.dropFirst(word.count + 1)
      if !word.isEmpty, after.first == UInt8(ascii: "]") {
        rest = after.dropFirst()
        rest.skipBlank()
      }
    }
    message = rest
  }

  // MARK: The kernel

  /// `<6>`, dmesg --decode's `kern  :info  :`, /dev/kmsg's `6,339,5140900,-;`.
  ///
  /// - Returns: whether it was a level in `<>`.
  private mutating func skipLevel() -> Bool {
    if message.skipDecodedLevel() || message.skipExtendedHeader() {
      isKernels = true
      return false
    }
    guard message.first == UInt8(ascii: "<") else { return false }
    let digits = message.dropFirst().prefix { $0.isDecimalDigit }
    let after = message.dropFirst(digits.count + 1)
    guard 1...4 ~= digits.count, after.first == UInt8(ascii: ">") else { return false }
    isKernels = true
    message = after.dropFirst()
    return true
  }

  /// `[    0.000000]`, `[    0.000000@0]`, `[   63.131821s]`, `[Fri Oct 16 12:43:58 2020]`,
  /// `[  +0.000012]`, `[    0.000000 <    0.000012>]`, `[Oct16 12:43]`, and behind them what tells the
  /// task or CPU: `[    T0]`, `[T0@C0]`, `[c0]`, `[pid:2476,cpu5,name]`, `[0:  swapper:    0]`,
  /// `<0>-(0)[0:swapper]`, `(CPU:0-pid:1:swapper)`.
  private mutating func skipBracket() -> Bool {
    var rest = message
    if isKernels { rest.skipBlanks() }
    if isKernels, rest.skipMediaTekCaller() || rest.skipHardkernelCaller() {
      message = rest
      return true
    }
    guard rest.popFirst() == UInt8(ascii: "[") else { return false }
    guard let end = rest.prefix(48).firstIndex(of: UInt8(ascii: "]")) else { return false }
    let inside = rest[..<end]
    if let stamp = inside.kernelSeconds {
      // A second time is a message's own.
      guard seconds == nil else { return false }
      seconds = stamp
      isKernels = true
    } else if inside.isWallClock || inside.isElapsed {
      isKernels = true
    } else if !(isKernels && inside.isCaller) {
      return false
    }
    message = rest[(end + 1)...]
    return true
  }
}

extension ArraySlice<UInt8> {
  /// Without the `> ` of mails that quote a log, and the blanks before the kernel's mark of lists and
  /// indented text.
  fileprivate var withoutQuotation: ArraySlice<UInt8> {
    guard first?.isBlank == true || first == UInt8(ascii: ">") else { return self }
    var rest = self
    var text = drop { $0.isBlank }
    while text.first == UInt8(ascii: ">") {
      rest = text.dropFirst()
      text = rest.drop { $0.isBlank }
    }
    return [UInt8(ascii: "["), UInt8(ascii: "<")].contains(text.first) ? text : rest
  }

  /// The time of printk: `    0.000000`, with the CPU (`@0`) or a unit (`s`) behind it.
  var kernelSeconds: Double? {
    var rest = drop { $0 == UInt8(ascii: " ") }
    let whole = rest.prefix { $0.isDecimalDigit }
    rest = rest.dropFirst(whole.count)
    // Boot loaders with clocks of their own write zeros in front: `[0000.176]`.
    guard 1...9 ~= whole.count, whole.count == 1 || whole.first != UInt8(ascii: "0"),
      rest.popFirst() == UInt8(ascii: ".")
    else { return nil }
    let fraction = rest.prefix { $0.isDecimalDigit }
    rest = rest.dropFirst(fraction.count)
    // dmesg -d: the time since the message before.
    if rest.starts(with: " <".utf8), rest.last == UInt8(ascii: ">") { rest = [] }
    guard 3...9 ~= fraction.count, rest.first?.isDecimalDigit != true, rest.count < 12,
      rest.allSatisfy({ $0.isLetter || $0.isDecimalDigit || $0 == UInt8(ascii: "@") })
    else { return nil }
    let seconds = Double(UInt64(decimal: whole) ?? 0)
    let parts = Double(UInt64(decimal: fraction) ?? 0)
    return seconds + parts / fraction.reduce(1) { scale, _ in scale * 10 }
  }

  /// What CONFIG_PRINTK_CALLER and vendors put behind the time.
  fileprivate var isCaller: Bool {
    let text = drop { $0 == UInt8(ascii: " ") }
    guard let first = text.first else { return false }
    if text.contains(UInt8(ascii: " ")) {
      // Samsung's CPU, task and its number.
      let parts = text.split(separator: UInt8(ascii: ":"))
      return parts.count == 3 && parts[0].allSatisfy(\.isDecimalDigit)
        && parts[2].trimmed.allSatisfy(\.isDecimalDigit)
    }
    if text.starts(with: "pid:".utf8) { return true }
    let digits = text.dropFirst().prefix { $0.isDecimalDigit }
    switch first {
    case UInt8(ascii: "T"), UInt8(ascii: "C"), UInt8(ascii: "c"):
      let rest = text.dropFirst(1 + digits.count)
      return !digits.isEmpty && (rest.isEmpty || rest.first == UInt8(ascii: "@"))
    default:
      return first.isDecimalDigit
        && text.drop { $0.isDecimalDigit }.first == UInt8(ascii: ":")
    }
  }

  /// RFC 5424's `kernel - - - `, of which the program's name has been read.
  fileprivate mutating func skipStructuredData(behind program: ArraySlice<UInt8>) -> Bool {
    guard program.elementsEqual("kernel".utf8), starts(with: " - - - ".utf8) else { return false }
    self = dropFirst(6)
    return true
  }

  /// MediaTek's `<0>-(0)[0:swapper]` and `(0)[0:swapper]`.
  fileprivate mutating func skipMediaTekCaller() -> Bool {
    var rest = self
    if rest.first == UInt8(ascii: "<") {
      rest = rest.dropFirst()
      guard rest.skipDigits(1...2), rest.popFirst() == UInt8(ascii: ">") else { return false }
    }
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
    }
    guard rest.popFirst() == UInt8(ascii: "("), rest.skipDigits(1...3),
      rest.popFirst() == UInt8(ascii: ")"), rest.popFirst() == UInt8(ascii: "["),
      let end = rest.prefix(40).firstIndex(of: UInt8(ascii: "]"))
    else { return false }
    self = rest[(end + 1)...]
    return true
  }

  /// `(CPU:0-pid:1:swapper)`.
  fileprivate mutating func skipHardkernelCaller() -> Bool {
    guard starts(with: "(CPU:".utf8),
      let end = prefix(48).firstIndex(of: UInt8(ascii: ")"))
    else { return false }
    self = self[(end + 1)...]
    return true
  }

  /// `kern  :info  : `.
  fileprivate mutating func skipDecodedLevel() -> Bool {
    guard starts(with: "kern".utf8) else { return false }
    var rest = dropFirst(4).drop { $0 == UInt8(ascii: " ") }
    guard rest.popFirst() == UInt8(ascii: ":") else { return false }
    rest = rest.drop { $0.isLetter }.drop { $0 == UInt8(ascii: " ") }
    guard rest.popFirst() == UInt8(ascii: ":") else { return false }
    rest.skipBlank()
    self = rest
    return true
  }

  /// `6,339,5140900,-;` (kernel/printk/printk.c, info_print_ext_header).
  fileprivate mutating func skipExtendedHeader() -> Bool {
    var rest = self
    for counts in [1...3, 1...20, 1...15] {
      guard rest.skipDigits(counts), rest.popFirst() == UInt8(ascii: ",") else { return false }
    }
    guard let end = rest.prefix(64).firstIndex(of: UInt8(ascii: ";")) else { return false }
    self = rest[(end + 1)...]
    return true
  }
}
