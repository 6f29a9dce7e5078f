// SPDX-License-Identifier: Apache-2.0

import KernelConsole

/// What a kernel's refusal means, by the table of complaints.
struct ComplaintMeaning {
  let meaning: String
  let remedy: String

  /// Nil for a line that is none.
  init?(of line: String) {
    let text = PrintkLine(line[...], of: .foreign).text
    guard let message = MemoryMessage(text, after: nil as Substring?),
      let said = KernelComplaint.Said(message)
    else { return nil }
    meaning = said.kind.meaning
    remedy = said.kind.remedy
  }
}
