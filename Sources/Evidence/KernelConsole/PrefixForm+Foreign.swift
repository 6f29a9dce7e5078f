// SPDX-License-Identifier: Apache-2.0

/// Forms that no guest of ours has, and that the logs of other machines have.
extension PrefixForm {
  /// Of programs that wrote down what a serial line or a kernel said.
  static let ofRecorders = [
    PrefixForm(
      example: "Apr  6 18:17:25 board kernel:", origin: "syslog (RFC 3164), journalctl -o short"
    ) { reader in
      guard let month = reader.takeMonth() else { return false }
      reader.skipBlanks()
      guard let day = reader.takeDigits(1...2), reader.take(" "),
        let time = reader.takeTimeOfDay()
      else { return false }
      reader.prefix.wallTime = "\(month) \(day) \(time)"
      return reader.takeHostAndLogger()
    },
    PrefixForm(
      example: "2023-04-06T18:17:25.123456+02:00 board kernel:",
      origin: "rsyslog, journalctl -o short-iso"
    ) { reader in
      guard let time = reader.takeDateAndTime() else { return false }
      reader.prefix.wallTime = time
      return reader.takeHostAndLogger()
    },
    PrefixForm(example: "14:26:43.787 [info]", origin: "loggers of test laboratories") { reader in
      guard let time = reader.takeTimeOfDay(), reader.take(" ["),
        let level = reader.take(upTo: "]"), level.allSatisfy(\.isLetter)
      else { return false }
      reader.prefix.wallTime = time
      return true
    },
    PrefixForm(example: "[2020-10-16 12:43:58.123]", origin: "minicom, picocom, tio") { reader in
      guard reader.take("["), let time = reader.takeDateAndTime(), reader.take("]") else {
        return false
      }
      reader.prefix.wallTime = time
      return true
    },
    PrefixForm(example: "[12:43:58.123]", origin: "tio, minicom") { reader in
      guard reader.take("["), let time = reader.takeTimeOfDay(), reader.take("]") else {
        return false
      }
      reader.prefix.wallTime = time
      return true
    },
  ]

  static let facilityAndLevel = PrefixForm(
    example: "kern  :info  :", origin: "util-linux, dmesg --decode"
  ) { reader in
    guard let facility = reader.take(upTo: ":"),
      facility.allSatisfy({ $0.isLetter || $0.isNumber || $0 == " " }),
      let name = reader.take(upTo: ":"), name.allSatisfy({ $0.isLetter || $0 == " " })
    else { return false }
    let names = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"]
    guard let level = names.firstIndex(of: String(name.prefix { $0 != " " })) else { return false }
    reader.prefix.level = level
    return true
  }

  static let extended = PrefixForm(
    example: "6,339,5140900,-;",
    origin: "kernel/printk/printk.c, info_print_ext_header (/dev/kmsg, netconsole)"
  ) { reader in
    guard let priority = reader.takeDigits(1...3).flatMap({ Int($0) }), reader.take(","),
      reader.takeDigits(1...20) != nil, reader.take(","),
      let microseconds = reader.takeDigits(1...15).flatMap({ Double($0) }), reader.take(","),
      reader.take(upTo: ";") != nil
    else { return false }
    reader.prefix.level = priority & 7
    reader.prefix.seconds = microseconds / 1e6
    return true
  }

  static let ofOtherTimes = [
    PrefixForm(example: "[    0.000000@0]", origin: "Amlogic's kernels") { reader in
      guard reader.take("[") else { return false }
      reader.skipBlanks()
      guard let seconds = reader.takeSeconds(), reader.take("@"),
        let cpu = reader.takeDigits(1...3), reader.take("]")
      else { return false }
      reader.prefix.seconds = seconds
      reader.prefix.caller = "C\(cpu)"
      return true
    },
    PrefixForm(example: "[   63.131821s]", origin: "HiSilicon's kernels") { reader in
      guard reader.take("[") else { return false }
      reader.skipBlanks()
      guard let seconds = reader.takeSeconds(), reader.take("s]") else { return false }
      reader.prefix.seconds = seconds
      return true
    },
    PrefixForm(example: "[Fri Oct 16 12:43:58 2020]", origin: "util-linux, dmesg -T") { reader in
      guard reader.take("["), let text = reader.take(upTo: "]") else { return false }
      let words = text.split(separator: " ")
      guard words.count == 5, words[3].count(where: { $0 == ":" }) == 2, Int(words[2]) != nil,
        Int(words[4]) != nil
      else { return false }
      reader.prefix.wallTime = text
      return true
    },
    PrefixForm(example: "[  +0.000012]", origin: "util-linux, dmesg -e") { reader in
      // The time that has passed since the message before: not a time since boot.
      guard reader.take("[") else { return false }
      reader.skipBlanks()
      return reader.take("+") && reader.takeSeconds() != nil && reader.take("]")
    },
    PrefixForm(example: "[    0.000000 <    0.000012>]", origin: "util-linux, dmesg -d") { reader in
      guard reader.take("[") else { return false }
      reader.skipBlanks()
      guard let seconds = reader.takeSeconds(), reader.take(" <") else { return false }
      reader.skipBlanks()
      reader.prefix.seconds = seconds
      return reader.takeSeconds() != nil && reader.take(">]")
    },
    PrefixForm(example: "[Oct16 12:43]", origin: "util-linux, dmesg -e") { reader in
      guard reader.take("["), let month = reader.takeMonth(), let day = reader.takeDigits(1...2),
        reader.take(" "), let time = reader.take(upTo: "]"), time.utf8.count == 5,
        time.contains(":")
      else { return false }
      reader.prefix.wallTime = "\(month) \(day) \(time)"
      return true
    },
  ]

  /// What vendors' kernels print behind the time.
  static let ofVendors = [
    PrefixForm(example: "<0>-(0)[0:swapper]", origin: "MediaTek's kernels") { reader in
      if reader.take("<") {
        guard reader.takeDigits(1...2) != nil, reader.take(">") else { return false }
      }
      guard reader.take("-(") || reader.take(".(") || reader.take("("),
        let cpu = reader.takeDigits(1...3), reader.take(")["), let thread = reader.take(upTo: "]")
      else { return false }
      reader.prefix.caller = "\(thread)@C\(cpu)"
      return true
    },
    PrefixForm(example: "[c0]", origin: "Samsung's kernels") { reader in
      guard reader.take("[c"), let cpu = reader.takeDigits(1...3), reader.take("]") else {
        return false
      }
      reader.prefix.caller = "C\(cpu)"
      return true
    },
    PrefixForm(example: "[0:      swapper:    0]", origin: "Samsung's kernels") { reader in
      // A letter for the level may stand before it.
      _ = reader.take(while: { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 })
      guard reader.take("[") else { return false }
      reader.skipBlanks()
      guard let text = reader.take(upTo: "]") else { return false }
      let parts = text.split(separator: ":")
      guard parts.count == 3, parts.first.map({ Int($0) != nil }) == true,
        parts.last.map({ Int($0.drop { $0 == " " }) != nil }) == true
      else { return false }
      reader.prefix.caller = text
      return true
    },
    PrefixForm(example: "[pid:2476,cpu5,name]", origin: "HiSilicon's kernels") { reader in
      guard reader.take("[pid:"), let rest = reader.take(upTo: "]") else { return false }
      reader.prefix.caller = "pid:\(rest)"
      return true
    },
    PrefixForm(example: "(CPU:0-pid:1:swapper)", origin: "Hardkernel's kernels") { reader in
      guard reader.take("(CPU:"), let rest = reader.take(upTo: ")") else { return false }
      reader.prefix.caller = "CPU:\(rest)"
      return true
    },
  ]
}

extension PrefixReader {
  /// ` board kernel:`, ` board kernel[123]:`.
  fileprivate mutating func takeHostAndLogger() -> Bool {
    guard take(" "), take(upTo: " ") != nil, let logger = take(upTo: ":"),
      !logger.contains(" ")
    else { return false }
    prefix.logger = String(logger.prefix { $0 != "[" })
    return true
  }
}
