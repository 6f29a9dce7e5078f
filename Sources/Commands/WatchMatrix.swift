// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchJobs
import Reports
import SystemPackage

/// `cmalab matrix watch`
struct WatchMatrix: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show how far a submission has come, from its folder alone.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    It ends when every cell has a result. Without a terminal it prints a line every 15 s, and one \
    for each attempt that is lost.
    """,
    examples: [
      .init("until all is done", "cmalab matrix watch shared"),
      .init("how far it is now", "cmalab matrix watch shared --once"),
    ],
    statuses: [
      .success("it was shown, whatever it came to"),
      .trouble("the folder holds no matrix, or cannot be read"),
    ])

  @Argument(help: "The shared folder.")
  var folder: FilePath

  @Flag(help: "Show it once, and end.")
  var once = false

  private static let interval = Duration.seconds(15)
  private static let terminalInterval = Duration.seconds(1)

  func run() async throws {
    var watch = try BatchWatch(of: BatchFolder(folder.absolute))
    let isTerminal = StandardOutput.isTerminal && !once
    var told: Set<AttemptName> = []
    while true {
      let status = try watch.status()
      // Erase to the end of the line (ECMA-48, EL).
      let erase = isTerminal ? "\r\u{1b}[K" : ""
      for attempt in status.lost where told.insert(attempt.name).inserted {
        try StandardOutput.write("\(erase)\(attempt.words)\n")
      }
      try StandardOutput.write(erase + status.words + (isTerminal && !status.isDone ? "" : "\n"))
      if status.isDone || once { return }
      try await Task.sleep(for: isTerminal ? Self.terminalInterval : Self.interval)
    }
  }
}

extension BatchStatus {
  /// `412/2000 done, 3 not as expected, 12/20 shards, 4 running, 1 lost, 8.2/s, 4 min left`
  fileprivate var words: String {
    var parts = [
      "\(done)/\(cells) done", "\(unexpected) not as expected",
      "\(wholeShards)/\(shards) shards", "\(running.count) running", "\(lost.count) lost",
      "\(rate.fixed(1))/s",
    ]
    if isDone { return parts[0] + ", " + parts[1] }
    let left = secondsLeft.map {
      $0 < 100 ? "\(Int($0.rounded(.up))) s" : "\(Int($0 / 60) + 1) min"
    }
    parts.append(left.map { "\($0) left" } ?? "nothing runs")
    return parts.joined(separator: ", ")
  }
}

extension BatchStatus.Attempt {
  fileprivate var words: String {
    switch state {
    case .running: "\(name): running, \(done) done"
    case .silent(let time):
      "\(name): lost, silent for \(Int(time / .seconds(1))) s, \(done) done"
    case .stopped(let ending): "\(name): stopped, \(done) done: \(ending.text)"
    }
  }
}
