// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities
import YAMLFiles

private enum KernelListKey: String, FileKey {
  case `default`, lines
}

private enum KernelLineKey: String, FileKey {
  case name, package, suites, architectures, without, with
}

// The keys of kernel-config/kernels.yaml, one function each.
extension KernelLines {
  /// Decodes and checks the list.
  ///
  /// - Throws: the first thing that is wrong.
  init(_ text: YAMLText) throws(YAMLFileError) {
    let fields = try text.root().fields(KernelListKey.self)
    var lines: [KernelLine] = []
    for element in try fields.required(.lines).elements(example: "- name: \"6.1\"") {
      let line = try element.kernelLine()
      if lines.contains(where: { $0.name == line.name }) {
        throw element.failure("there is a line '\(line.name)' before it: name each once")
      }
      lines.append(line)
    }
    let usual = try fields.required(.default)
    defaultName = try usual.lineName()
    self.lines = lines
    guard lines.contains(where: { $0.name == defaultName }) else {
      let known = lines.map(\.name).joined(separator: ", ")
      throw usual.failure("there is no line '\(defaultName)': choose one of \(known)")
    }
  }
}

extension NodeCursor {
  fileprivate func kernelLine() throws(YAMLFileError) -> KernelLine {
    let fields = try fields(KernelLineKey.self)
    return KernelLine(
      name: try fields.required(.name).lineName(),
      package: try fields.required(.package).debianName(
        "a Debian package", rule: "a-z, 0-9, '+', '-' and '.', as in linux-source-6.1"),
      suites: try fields.required(.suites).suites(),
      architectures: try fields.required(.architectures).architectures(),
      without: try fields.required(.without).optionNames(),
      with: try fields.optional(.with)?.settings() ?? [])
  }

  fileprivate func lineName() throws(YAMLFileError) -> String {
    try word("a kernel line", rule: "two numbers in quotes, as in \"6.1\"") { name in
      let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
      return numbers.count == 2
        && numbers.allSatisfy { number in
          (1...3).contains(number.utf8.count) && number.utf8.allSatisfy(Self.isDigit)
        }
    }
  }

  /// What becomes a part of a path and an argument of apt (Debian policy, section 5.6.7).
  private func debianName(_ wanted: String, rule: String) throws(YAMLFileError) -> String {
    try word(wanted, rule: rule) { name in
      guard let first = name.utf8.first, name.utf8.count <= 128 else { return false }
      return Self.isSmallOrDigit(first)
        && name.utf8.allSatisfy { Self.isSmallOrDigit($0) || "+-.".utf8.contains($0) }
    }
  }

  private func suites() throws(YAMLFileError) -> [String] {
    var suites: [String] = []
    for element in try elements(example: "- bookworm-security") {
      suites.append(
        try element.debianName(
          "a Debian suite", rule: "a-z, 0-9, '+', '-' and '.', as in bookworm-backports"))
    }
    return suites
  }

  private func architectures() throws(YAMLFileError) -> [Architecture] {
    var architectures: [Architecture] = []
    for element in try elements(example: "- arm64") {
      architectures.append(try element.choice("an architecture"))
    }
    return architectures
  }

  private func settings() throws(YAMLFileError) -> [KernelOption] {
    var settings: [KernelOption] = []
    for element in try elements(example: "- CONFIG_SYSCTL=y") {
      let text = try element.word("an option that is set", rule: "CONFIG_SYSCTL=y") {
        KernelOption(line: $0[...])?.value != nil
      }
      if let option = KernelOption(line: text[...]) { settings.append(option) }
    }
    return settings
  }

  private func optionNames() throws(YAMLFileError) -> [String] {
    guard isSequence else { throw failure("is not a list: write '[]' for none") }
    var options: [String] = []
    for element in elementsOrNone {
      options.append(
        try element.word(
          "an option", rule: "CONFIG_ and letters, digits and '_', as in CONFIG_CMA_SYSFS"
        ) { name in
          let letters = name.utf8.dropFirst("CONFIG_".utf8.count)
          return name.hasPrefix("CONFIG_") && !letters.isEmpty
            && letters.allSatisfy { byte in
              Self.isDigit(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
        })
    }
    return options
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isSmallOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}
