// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Observations
import Records

extension ExplainedMessage {
  init(_ complaint: CMAMessages.Complaint) {
    self.init(
      id: complaint.kind.id.rawValue, meaning: complaint.kind.meaning,
      remedy: complaint.kind.remedy, origin: complaint.kind.origin, source: complaint.evidence)
  }
}
