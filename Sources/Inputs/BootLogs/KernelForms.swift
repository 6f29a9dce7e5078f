// SPDX-License-Identifier: Apache-2.0

/// A message that tells something, and what becomes of it.
struct KernelForm: Sendable {
  let form: MessageForm
  let take: @Sendable (BootDraft, MessageCaptures, LogLine) -> Void

  init(
    _ text: String,
    _ take: @escaping @Sendable (BootDraft, MessageCaptures, LogLine) -> Void
  ) {
    form = MessageForm(text)
    self.take = take
  }
}

/// Forms by the first byte of their messages.
struct FormTable: Sendable {
  private var forms: [[KernelForm]] = Array(repeating: [], count: 256)

  init(_ all: [KernelForm]) {
    for form in all {
      if let first = form.form.beginning.first { forms[Int(first)].append(form) }
    }
  }

  /// Gives the message to the first form that it has; false where it has none.
  func take(
    _ message: MessageBytes, _ draft: BootDraft, _ line: () -> LogLine
  ) -> Bool {
    guard let first = message.bytes.first else { return false }
    for form in forms[Int(first)] where message.bytes.starts(with: form.form.beginning) {
      guard let captures = form.form.captures(of: message) else { continue }
      form.take(draft, captures, line())
      return true
    }
    return false
  }
}
