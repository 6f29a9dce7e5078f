// SPDX-License-Identifier: Apache-2.0

extension KernelComplaint {
  /// A complaint in a message, wherever that comes from: a guest's log, or a prediction.
  package struct Said: Hashable, Sendable {
    package let kind: KernelComplaint
    /// The node or pool that the message names.
    package let subject: String?
    /// Every text that the message has for a `*`.
    package let operands: [String]

    /// Nil for a message that is not one of the table's.
    package init?(_ message: MemoryMessage) {
      for kind in KernelComplaint.all {
        guard let operands = message.captures(of: kind.pattern)?.map(String.init) else { continue }
        self.kind = kind
        self.operands = operands
        subject = kind.subject.map { operands[$0] }
        return
      }
      return nil
    }
  }
}
