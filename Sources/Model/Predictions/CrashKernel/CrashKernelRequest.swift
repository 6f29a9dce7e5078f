// SPDX-License-Identifier: Apache-2.0

/// What the command line asks for a crash kernel (parse_crashkernel in kernel/crash_core.c, since
/// 6.9 in kernel/crash_reserve.c).
enum CrashKernelRequest: Hashable, Sendable {
  /// `crashkernel=size`, `size@base`, or `range:size,…`: bytes, and where; base 0 for anywhere.
  case plain(size: UInt64, base: UInt64)
  /// `crashkernel=size,high`, and what `crashkernel=size,low` says; nil where nothing does.
  case high(size: UInt64, low: UInt64?)
  /// `range:size,…` in which RAM has no range, or one of no bytes.
  case zeroBytes
  /// One that the kernel cannot read.
  case unreadable

  /// Reads the last `crashkernel=` as the kernel does, wherever in the line it stands; nil where none
  /// asks for anything.
  ///
  /// - Parameters:
  ///   - memory: bytes of RAM, for sizes that depend on it.
  ///   - rules: of the kernel that reads it.
  ///   - keepsZero: whether a size of 0 asks for something.
  init?(commandLine: String, memory: UInt64, rules: KernelRules, keepsZero: Bool = false) {
    let values = Self.values(in: Array(commandLine.utf8))
    let suffixes = [Self.high, Self.low] + (rules.crashKernelCMA == .size ? [] : [Self.cma])
    func last(_ suffix: String) -> ArraySlice<UInt8>? {
      values.last { Self.ends($0, in: suffix) }
    }
    let request: CrashKernelRequest
    if let value = values.last(where: { value in !suffixes.contains { Self.ends(value, in: $0) } })
    {
      request =
        value.contains(UInt8(ascii: ":"))
        ? Self.byMemory(value, memory: memory, unit: rules.crashKernelMemoryUnit)
        : Self.simple(value)
    } else if let value = last(Self.high) {
      guard let size = Self.size(value, suffix: Self.high) else {
        self = .unreadable
        return
      }
      if let value = last(Self.low) {
        request =
          Self.size(value, suffix: Self.low).map { .high(size: size, low: $0) } ?? .unreadable
      } else {
        request = .high(size: size, low: nil)
      }
    } else {
      return nil
    }
    switch request {
    case .plain(size: 0, _) where !keepsZero, .high(size: 0, _): return nil
    default: self = request
    }
  }

  // MARK: Words

  private static let high = ",high"
  private static let low = ",low"
  private static let cma = ",cma"

  /// Whether a `crashkernel=size,cma` stands in the line.
  static func asksForPools(_ commandLine: String) -> Bool {
    values(in: Array(commandLine.utf8)).contains { ends($0, in: cma) }
  }

  private static func ends(_ value: ArraySlice<UInt8>, in suffix: String) -> Bool {
    value.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// What stands behind each `crashkernel=`, up to the next space (get_last_crashkernel).
  private static func values(in line: [UInt8]) -> [ArraySlice<UInt8>] {
    let name = Array("crashkernel=".utf8)
    return line.indices.filter { line[$0...].starts(with: name) }.map { start in
      line[(start + name.count)...].prefix { $0 != UInt8(ascii: " ") }
    }
  }

  /// memparse; nil where no number stands.
  private static func number(_ text: inout ArraySlice<UInt8>) -> UInt64? {
    let start = text.startIndex
    let value = PoolArgument.number(&text)
    return text.startIndex == start ? nil : value
  }

  /// Takes one character away where it stands first.
  private static func skip(_ character: Unicode.Scalar, _ text: inout ArraySlice<UInt8>) -> Bool {
    guard text.first == UInt8(ascii: character) else { return false }
    text = text.dropFirst()
    return true
  }

  /// parse_crashkernel_suffix.
  private static func size(_ value: ArraySlice<UInt8>, suffix: String) -> UInt64? {
    var text = value
    guard let size = number(&text), text.elementsEqual(suffix.utf8) else { return nil }
    return size
  }

  /// parse_crashkernel_simple.
  private static func simple(_ value: ArraySlice<UInt8>) -> CrashKernelRequest {
    var text = value
    guard let size = number(&text) else { return .unreadable }
    guard skip("@", &text) else { return text.isEmpty ? .plain(size: size, base: 0) : .unreadable }
    return .plain(size: size, base: PoolArgument.number(&text))
  }

  /// parse_crashkernel_mem: `start-[end]:size,…[@base]`, RAM being rounded up to whole units.
  private static func byMemory(
    _ value: ArraySlice<UInt8>, memory: UInt64, unit: UInt64
  ) -> CrashKernelRequest {
    let memory = (memory + unit - 1) / unit * unit
    var text = value
    repeat {
      var end = UInt64.max
      guard let start = number(&text), skip("-", &text) else { return .unreadable }
      if text.first != UInt8(ascii: ":") {
        guard let last = number(&text), last > start else { return .unreadable }
        end = last
      }
      guard skip(":", &text), let size = number(&text), size < memory else { return .unreadable }
      guard (start..<end).contains(memory) else { continue }
      text = text.drop { $0 != UInt8(ascii: "@") }
      guard size > 0 else { return .zeroBytes }
      guard skip("@", &text) else { return .plain(size: size, base: 0) }
      return number(&text).map { .plain(size: size, base: $0) } ?? .unreadable
    } while skip(",", &text)
    return .zeroBytes
  }
}
