// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// A command of a folder of Reports/, with what holds of its answer.
struct OwnerReportAnswer: Sendable, CustomTestStringConvertible {
  /// Of the folder that the command is run in.
  let folder: String
  let arguments: [String]
  private(set) var hasEmptyCache = false
  /// Whether its guest has a 32-bit kernel of ours, which not every run of tests builds.
  private(set) var needsARM = false
  /// The file that it reads as its standard input.
  private(set) var input: String?
  private(set) var status: Int32?
  private(set) var output: [String] = []
  private(set) var missing: [String] = []
  private(set) var errors: [String] = []

  var testDescription: String { "\(folder): \(arguments.joined(separator: " "))" }

  var startsGuest: Bool { arguments.first == "boot" }

  /// Every answer of every folder.
  static let all: [OwnerReportAnswer] = {
    let folders = (try? HostFile.names(in: directory)) ?? []
    return folders.sorted().flatMap { folder in
      let file = directory.appending(folder).appending("answers.txt")
      let bytes = try? HostFile.read(file, limit: 1 << 16)
      return answers(String(decoding: bytes ?? [], as: UTF8.self), in: folder)
    }
  }()

  static let directory = TestEnvironment.checkout.pushing("Tests/CommandsTests/Reports")

  private static func answers(_ text: String, in folder: String) -> [OwnerReportAnswer] {
    var answers: [OwnerReportAnswer] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { fatalError("\(folder): '\(line)' is not a line of an answer") }
      if words[0] == "$" {
        let arguments = words[1].split(separator: " ").map(String.init)
        answers.append(OwnerReportAnswer(folder: folder, arguments: Array(arguments.dropFirst())))
      } else {
        answers[answers.count - 1].add(words[0], words[1])
      }
    }
    return answers
  }

  private init(folder: String, arguments: [String]) {
    self.folder = folder
    self.arguments = arguments
  }

  private mutating func add(_ kind: String, _ text: String) {
    switch kind {
    case "cache": hasEmptyCache = text == "empty"
    case "needs": needsARM = text == "arm"
    case "input": input = text
    case "exit": status = Int32(text)
    case "has": output.append(text)
    case "lacks": missing.append(text)
    case "error": errors.append(text)
    default: fatalError("\(folder): '\(kind)' says nothing of an answer")
    }
  }

  /// Runs the command and looks at its answer.
  func check() async throws {
    try await ScratchFolder.with { scratch in
      let environment: [String: String?] =
        hasEmptyCache ? ["CMALAB_CACHE": scratch.path.string] : [:]
      let directory = Self.directory.appending(folder)
      let input = try input.map { try HostFile.read(directory.appending($0), limit: 1 << 20) }
      let result = try await CMALabProcess(
        arguments, environment: environment, directory: directory
      ).result(input: input ?? [])
      let said = "\(result.status)\n\(result.output)\(result.errors)"
      if let status { #expect(result.status == .exited(status), "\(said)") }
      for text in output { #expect(result.output.contains(text), "lacks '\(text)': \(said)") }
      for text in missing { #expect(!result.output.contains(text), "has '\(text)': \(said)") }
      for text in errors { #expect(result.errors.contains(text), "lacks '\(text)': \(said)") }
    }
  }
}

/// The commands that start no guest.
@Suite struct OwnerReportTests {
  @Test(arguments: OwnerReportAnswer.all.filter { !$0.startsGuest })
  func theAnswerIsRight(_ answer: OwnerReportAnswer) async throws {
    try await answer.check()
  }

  @Test func everyFolderHasAnswers() throws {
    let folders = try HostFile.names(in: OwnerReportAnswer.directory).filter { $0 != "README.md" }
    #expect(Set(OwnerReportAnswer.all.map(\.folder)) == Set(folders))
    #expect(!folders.isEmpty)
  }

  /// A kernel that is built within a test makes that test one of minutes.
  @Test func aGuestSaysThatItsKernelIsARMs() throws {
    for answer in OwnerReportAnswer.all where answer.startsGuest {
      let directory = OwnerReportAnswer.directory.appending(answer.folder)
      for board in answer.arguments where board.hasSuffix(".yaml") {
        let bytes = try HostFile.read(directory.appending(board), limit: 1 << 16)
        let isARMs = String(decoding: bytes, as: UTF8.self).contains("architecture: arm\n")
        #expect(answer.needsARM == isARMs, "\(answer)")
      }
    }
  }
}

extension Guests {
  @Suite struct OwnerReportGuestTests {
    @Test(arguments: OwnerReportAnswer.all.filter { $0.startsGuest && !$0.needsARM })
    func theGuestShowsIt(_ answer: OwnerReportAnswer) async throws {
      try await answer.check()
    }
  }
}

extension Guests.ARM {
  @Suite struct OwnerReportGuestTests {
    @Test(arguments: OwnerReportAnswer.all.filter { $0.startsGuest && $0.needsARM })
    func theGuestShowsIt(_ answer: OwnerReportAnswer) async throws {
      try await answer.check()
    }
  }
}
