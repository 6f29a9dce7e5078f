// SPDX-License-Identifier: Apache-2.0

import BatchJobs
import Reports
import TextTable

/// How a submission would go on several numbers of workers.
struct SimulationTable {
  private let rows: [ScheduleSimulation]

  init(_ rows: [ScheduleSimulation]) {
    self.rows = rows
  }

  var text: String {
    let columns: (ScheduleSimulation) -> [Column] = { row in
      [
        Column(title: "workers", value: row.workers, align: .right),
        Column(title: "time [s]", value: row.seconds.fixed(1), align: .right),
        Column(title: "speed-up", value: row.speedUp.fixed(1), align: .right),
        Column(title: "efficiency", value: row.efficiency.fixed(2), align: .right),
        Column(title: "spread of ends [s]", value: row.spreadSeconds.fixed(1), align: .right),
        Column(title: "task overhead [s]", value: row.overheadSeconds.fixed(1), align: .right),
      ]
    }
    let table = TextTable<ScheduleSimulation>(columns)
    return (table.string(for: rows, style: Style.simple) ?? "") + "\n"
  }
}
