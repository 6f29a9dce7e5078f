// SPDX-License-Identifier: Apache-2.0

import Foundation
import KernelConsole
import Testing

/// A recorded console whose head says what is expected of it: a new message is a text file here.
///
///     # about: what it is a record of
///     # log: foreign                    (of another machine than a guest of ours)
///     # foreign: X\nY                   (a text of several lines that the kernel was given)
///     # expect: panic|oops|report TEXT  (a message that is a sign of distress, in full)
///     # expect: complaint ID [SUBJECT]
///     # says: TEXT                      (a message, whatever it is)
struct RecordedConsole: CustomTestStringConvertible, Sendable {
  let name: String
  private let keys: [(key: String, value: String)]
  private let lines: [Substring]

  static let all: [RecordedConsole] = {
    let files = Bundle.module.paths(forResourcesOfType: "log", inDirectory: "Fixtures")
    return files.sorted().map(RecordedConsole.init)
  }()

  private init(_ file: String) {
    name = String(file.split(separator: "/").last ?? "")
    // A file that cannot be read expects nothing, and has nothing: `about` says that it was.
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    let head = all.prefix { $0.hasPrefix("# ") }
    keys = head.map { line in
      let parts = line.dropFirst(2).split(separator: ": ", maxSplits: 1)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    lines = all.dropFirst(head.count).filter { !$0.isEmpty }
  }

  var testDescription: String { name }

  func values(of key: String) -> [String] { keys.filter { $0.key == key }.map(\.value) }

  private var log: PrintkPrefix.Log { values(of: "log") == ["foreign"] ? .foreign : .guest }

  var messages: [ConsoleMessage] {
    let texts = values(of: "foreign").map { $0.replacingOccurrences(of: "\\n", with: "\n") }
    var reader = MessageReader(log: log, foreignTexts: texts)
    return lines.map { reader.read($0) }
  }

  /// In the words of `expect`.
  var findings: [String] {
    var previous: Substring?
    return messages.filter { !$0.isEcho }.flatMap { message in
      let said = MemoryMessage(message.text, after: previous)
        .flatMap { KernelComplaint.Said($0) }
      previous = message.text
      let complaint = said.map { said in
        ["complaint", said.kind.id.rawValue, said.subject].compactMap(\.self)
          .joined(separator: " ")
      }
      let distress = message.distress.map { "\($0.kind) \(message.text)" }
      return [distress, complaint].compactMap(\.self)
    }
  }
}
