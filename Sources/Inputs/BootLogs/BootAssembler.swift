// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Sorts a log's lines into boots.
struct BootAssembler {
  private var boots: [LoggedBoot] = []
  private var draft: BootDraft?
  /// What a boot loader said since the last kernel.
  private var loader = LoaderFacts()
  /// Whether a boot loader was heard since the last line of a kernel.
  private var isLoading = false

  /// More boots than this in one file are read, and the earliest forgotten.
  private static let bootLimit = 256

  mutating func take(_ segment: LineSplitter.Segment) {
    let text = ForeignText(segment)
    guard !Self.isFramed(text.bytes) else { return }
    let envelope = LogEnvelope(text.bytes)
    guard !envelope.isForeign else { return }
    let prefix = LinePrefix(envelope.message, isKernels: envelope.isKernels)
    guard !prefix.isForeign else { return }
    let bytes = prefix.message.trimmed
    guard !bytes.isEmpty else {
      if prefix.isKernels { draft?.isMarked = true }
      return
    }
    func line() -> LogLine { LogLine(segment) }
    if prefix.isKernels || draft?.isMarked != true || bytes.starts(with: Words.booting) {
      let message = MessageBytes(
        bytes: ForeignText.plain(bytes, segment.traits), isTerminated: segment.isTerminated)
      if takeKernelLine(message, prefix, segment, isGarbled: text.isGarbled, line) { return }
    }
    takeLoaderLine(MessageBytes(bytes: bytes, isTerminated: segment.isTerminated), line)
    if let boot = draft, boot.isMarked, !isLoading, boot.unmarkedLine == nil,
      boot.boot.lastSeconds ?? 1 < 0.5, !Self.continues(text.bytes)
    {
      draft?.unmarkedLine = line()
    }
  }

  /// Whether a line is of a record of a guest of cmalab's (`@cmalab 1 begin …`, `@17 …`), which repeats
  /// what the kernel said: such a guest starts its init before half a second has passed.
  private static func isFramed(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.first == UInt8(ascii: "@") else { return false }
    let word = line.dropFirst().prefix { $0 != UInt8(ascii: " ") }
    return !word.isEmpty && (word.allSatisfy(\.isDecimalDigit) || word.elementsEqual("cmalab".utf8))
  }

  /// Whether a line is the second or a later one of a message: old kernels print their memory layout
  /// at once, each line but the first with blanks in place of the time.
  private static func continues(_ line: ArraySlice<UInt8>) -> Bool {
    line.first?.isBlank == true && !line.prefix(24).contains(UInt8(ascii: "]"))
  }

  mutating func finish() -> [LoggedBoot] {
    closeBoot()
    return boots
  }

  // MARK: Boots

  /// - Returns: whether the line is the kernel's.
  private mutating func takeKernelLine(
    _ message: MessageBytes, _ prefix: LinePrefix, _ segment: LineSplitter.Segment,
    isGarbled: Bool, _ line: () -> LogLine
  ) -> Bool {
    if startsBoot(message.bytes, prefix) {
      dropRemnant()
      closeBoot()
    }
    let boot = draft ?? BootDraft(loader: loader, firstLine: segment.number)
    guard boot.take(message, line) || prefix.isKernels else { return false }
    if draft == nil {
      draft = boot
      loader = LoaderFacts()
    }
    if prefix.isKernels {
      boot.isMarked = true
      boot.look(forGarblingIn: line, isGarbled: isGarbled, seconds: prefix.seconds)
    }
    boot.note(segment, seconds: prefix.seconds)
    isLoading = false
    return true
  }

  /// Whether a kernel starts with this line that is not the one before.
  private func startsBoot(_ message: ArraySlice<UInt8>, _ prefix: LinePrefix) -> Bool {
    guard let draft else { return false }
    if message.starts(with: Words.booting) { return true }
    if let last = draft.boot.lastSeconds, let seconds = prefix.seconds {
      // A time that falls back to the start, and not by the disorder of several CPUs.
      if seconds < 0.5, last > 2 || isLoading { return true }
    } else if isLoading {
      return prefix.isKernels || message.starts(with: Words.version)
    }
    return message.starts(with: Words.version) && draft.isUnderWay
  }

  private mutating func closeBoot() {
    guard let draft else { return }
    self.draft = nil
    if boots.count == Self.bootLimit { boots.removeFirst() }
    boots.append(draft.finished())
  }

  /// A logger's own words before the kernel's first ones are no boot.
  private mutating func dropRemnant() {
    if let draft, draft.isRemnant { self.draft = nil }
  }

  private mutating func takeLoaderLine(_ message: MessageBytes, _ line: () -> LogLine) {
    var message = message
    // The Raspberry Pi's firmware puts its time in front: `  4.31 Device tree loaded to`.
    let stamp = message.bytes.prefix { $0.isDecimalDigit || $0 == UInt8(ascii: ".") }
    if !stamp.isEmpty, message.bytes.dropFirst(stamp.count).first == UInt8(ascii: " ") {
      message = MessageBytes(
        bytes: message.bytes.dropFirst(stamp.count).trimmed, isTerminated: message.isTerminated)
    }
    if message.bytes.starts(with: Words.starting) {
      isLoading = true
      return
    }
    for form in LoaderForm.all where message.bytes.starts(with: form.form.beginning) {
      guard let captures = form.form.captures(of: message) else { continue }
      // A new loader run: what the one before said is of a boot without a kernel's line.
      form.take(&loader, captures, line())
      isLoading = true
      return
    }
  }

  private enum Words {
    static let booting = Array("Booting Linux on physical CPU".utf8)
    static let version = Array("Linux version ".utf8)
    static let starting = Array("Starting kernel ...".utf8)
  }
}

extension LogLine {
  fileprivate init(_ segment: LineSplitter.Segment) {
    self.init(
      number: segment.number,
      text: String(printing: segment.bytes.prefix(Self.textLimit)))
  }
}
