// SPDX-License-Identifier: Apache-2.0

import BoardImports
import BoardLogs
import BootLogs
import Emulator
import Explanations
import Foundation
import GuestConsoles
import Records
import Reports
import Transcripts
import Verdicts

extension FuzzTarget {
  /// A guest's console: the first byte says which guest's it is to be, and no bytes but that guest's
  /// own records make it pass.
  static let console = FuzzTarget(
    "console", isText: true, dictionary: consoleWords,
    seeds: { KnownConsole.all.map(\.seed) },
    fault: { input in
      guard let first = input.first else { return nil }
      let known = KnownConsole.all[Int(first) % KnownConsole.all.count]
      let transcript = Transcript(Array(input.dropFirst()))
      let judgement = known.judged(transcript)
      guard judgement.verdict == .pass else { return nil }
      guard known.passes else { return "passes, and '\(known.name)' does not" }
      return transcript.records.map(\.payload) == known.payloads
        ? nil : "passes with other records than those of '\(known.name)'"
    })

  /// What a kernel and an init say that nobody wrote down before: records with right checksums, whose
  /// payloads are anything.
  static let payloads = FuzzTarget(
    "payloads", isText: false,
    dictionary: consoleWords + [
      "18446744073709551615", "9223372036854775807", "ffffffffffffffff", "0x", "CmaTotal:",
      "MemTotal:", " kB", "System RAM", "reserved", "..", "page_size ", "order_per_bit ",
      "base_pfn ",
      "count ", "bitmap ", "uptime ", "taint ", "test ", "pass ", "fail ", "latency ", "!missing",
    ],
    seeds: { KnownConsole.all.map(\.seed) },
    fault: { input in
      guard let first = input.first else { return nil }
      let known = KnownConsole.all[Int(first) % KnownConsole.all.count]
      let transcript = Transcript(FramedConsole(Array(input.dropFirst())).bytes)
      let record = RunRecord(
        known.request, known.judged(transcript), outcome: KnownConsole.poweredOff, artifacts: [:],
        timing: [:])
      return faultShowing(record, by: input)
    })

  /// A record of a run, in each report.
  static let record = FuzzTarget(
    "record", isText: false, dictionary: jsonWords,
    seeds: {
      try KnownConsole.all.map { known in
        let judgement = known.judged(Transcript(known.bytes))
        let record = RunRecord(
          known.request, judgement, outcome: KnownConsole.poweredOff, artifacts: [:], timing: [:])
        return Array(try JSONEncoder().encode(record))
      }
    },
    fault: { input in
      guard let record = try? RunRecord(json: Data(input)) else { return nil }
      return faultShowing(record, by: input)
    })

  /// The log of a board, explained and made a board file of.
  static let bootLog = FuzzTarget(
    "boot-log", isText: true, dictionary: consoleWords + ["crashkernel reserved: ", "OF: "],
    seeds: { try BoardLogCase.all.map { try $0.log } },
    fault: { bytes in
      let log = BootLog(bytes)
      let explanation = Explainer(log: "dmesg.txt", tree: nil, configuration: nil)
        .explanation(of: log)
      show(explanation, by: bytes)
      if let boot = log.boots.last {
        _ = try? BoardImport(name: nil, from: BoardSources(log: ("dmesg.txt", boot)))
      }
      return nil
    })

  /// Shows a record, alone and beside another, and reads it back.
  private static func faultShowing(_ record: RunRecord, by input: [UInt8]) -> String? {
    show(record, by: input)
    let runs = RunCollection(
      name: "fuzz", isSingleRun: true,
      cells: [
        .init(
          id: "fuzz", record: record, expected: nil, attempts: 1, excerpt: ConsoleExcerpt(record),
          folder: nil)
      ])
    show(runs, by: input)
    show(Comparison(runs, runs), by: input)
    do {
      let text = Array(try record.json().utf8)
      return try RunRecord(json: text).verdict == record.verdict
        ? nil : "a record is read back with another verdict"
    } catch {
      return "a record cannot be read back: \(error)"
    }
  }

  private static let consoleWords = [
    "@cmalab 1 begin ", "@cmalab 1 end ", "Kernel panic - not syncing: ", "BUG: KASAN: ",
    "cma: Reserved ", " MiB at 0x", "OF: reserved mem: ", "created CMA memory pool at ",
    "failed to allocate memory for node ", "initialized node ", ", compatible id shared-dma-pool",
    "Internal error: ", "@monitor fault ", "Linux version ", "Memory: ", "Zone ranges:",
    "Early memory node ranges", "node   0: [mem 0x", "Machine model: ", "[    0.000000] ", "\r\n",
  ]

  private static let jsonWords = [
    "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e308", "null", "true",
    "\"verdict\":\"pass\"", "\"checks\":", "\"ending\":", "\"tests\":", "\"line\":",
    "\"consoleLine\":", "\"latencies\":", "\"predicted\":", "\"trace\":", "\"\\u0000\"",
    "\"0xffffffffffffffff\"", "[]", "{}",
  ]
}

/// The console of a real guest, what was asked of that guest, and what became of it.
private struct KnownConsole {
  let name: String
  let bytes: [UInt8]
  let request: RunRequest
  let passes: Bool
  /// Of its records.
  let payloads: [[UInt8]]
  private let index: Int

  static let poweredOff = EmulatorOutcome(halt: .exited(status: 0), complaints: "", seconds: 1)

  static let all: [KnownConsole] = {
    let simple = GuestConsole.allCases.compactMap { console in
      (try? console.bytes).map { (console.rawValue, $0, console.request) }
    }
    let ofRegions = RegionConsole.names.compactMap { name -> (String, [UInt8], RunRequest)? in
      guard let console = try? RegionConsole(name),
        let request = try? JSONDecoder().decode(RunRequest.self, from: Data(console.request))
      else { return nil }
      return (name, console.bytes, request)
    }
    return (simple + ofRegions).enumerated().map {
      KnownConsole($1.0, $1.1, of: $1.2, index: $0)
    }
  }()

  private init(_ name: String, _ bytes: [UInt8], of request: RunRequest, index: Int) {
    self.name = name
    self.bytes = Self.shortened(bytes)
    self.request = request
    self.index = index
    let transcript = Transcript(self.bytes)
    payloads = transcript.records.map(\.payload)
    passes =
      Judgement(request, transcript: transcript, outcome: Self.poweredOff).verdict == .pass
  }

  /// With the beginning alone of what the kernel printed before its records, which have all of it once
  /// more: half the size is twice the inputs.
  private static func shortened(_ bytes: [UInt8]) -> [UInt8] {
    var console = FramedConsole(bytes)
    guard !console.records.isEmpty else { return bytes }
    console.boot = console.boot.split(separator: "\r\n").prefix(8).map { "\($0)\r\n" }.joined()
    return console.bytes
  }

  /// As the targets read it.
  var seed: [UInt8] { [UInt8(index)] + bytes }

  func judged(_ transcript: Transcript) -> Judgement {
    Judgement(request, transcript: transcript, outcome: Self.poweredOff)
  }
}
