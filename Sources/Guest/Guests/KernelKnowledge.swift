// SPDX-License-Identifier: Apache-2.0
package import HostFiles
package import Kernels
package import Predictions
package import Quantities
package import SystemPackage

/// What is known of a kernel for a prediction: from its .config and its System.map.
package enum KernelKnowledge {
  /// Facts about a kernel that we built; nil where its configuration names no release.
  ///
  /// - Parameter rules: those of its source; nil for those of its release.
  package static func facts(
    of kernel: BuiltKernel, rules: KernelRules? = nil
  ) throws(HostFileError) -> KernelFacts? {
    let lines = lines(of: try HostFile.read(kernel.configuration, limit: 4 << 20))
    guard let release = release(in: lines) else { return nil }
    let map = kernel.buildFolder.appending("System.map")
    let size = kernel.image.imageSize.bytes
    let image: ImageFacts?
    let configuration = configuration(of: lines)
    var facts =
      if let rules {
        facts(
          rules: rules, architecture: kernel.architecture, configuration: configuration,
          imageSize: kernel.image.imageSize)
      } else {
        facts(
          release: release, architecture: kernel.architecture, configuration: configuration,
          imageSize: kernel.image.imageSize)
      }
    if let arm = facts.arm {
      image = ImageFacts(
        armSymbols: try symbols(in: map, digits: 8), pageOffset: arm.pageOffset)
    } else {
      image = ImageFacts(size: size, symbols: try symbols(in: map, digits: 16))
    }
    let sizes = try kernel.structureSizes()
    facts.refine { sizes[$0] }
    if let image {
      facts.image = image
    } else {
      facts.assumptions.append("the parts of its image lie as usual: no System.map tells")
    }
    return facts
  }

  /// Facts about any kernel, with what is taken for granted because of its release.
  ///
  /// - Parameter imageSize: what the running kernel occupies, all that is known of its image.
  package static func facts(
    release: KernelRelease, architecture: Architecture, configuration: [String: String],
    imageSize: ByteCount
  ) -> KernelFacts {
    let known = KernelRules(release: release)
    var facts = facts(
      rules: known ?? .oldest, architecture: architecture, configuration: configuration,
      imageSize: imageSize)
    if known == nil {
      facts.unmodelled.append("Linux \(release), which is older than all whose rules are known")
    }
    return facts
  }

  /// The rules that a source tree shows, whatever its release.
  ///
  /// - Throws: `PredictionError` for a folder that is not a kernel's source, or of too old a kernel.
  package static func rules(ofSource tree: FilePath) throws -> KernelRules {
    func read(_ file: String) -> [UInt8]? {
      try? HostFile.read(tree.pushing(FilePath(file)), limit: 4 << 20)
    }
    func list(_ folder: String) -> [String] {
      let files = (try? HostFile.files(below: tree.pushing(FilePath(folder)))) ?? []
      return files.map { "\(folder)/\($0)" }
    }
    let makefile = read("Makefile").map { String(decoding: $0, as: UTF8.self) } ?? ""
    func number(_ name: String) -> Int? {
      makefile.split(separator: "\n").lazy.compactMap { line in
        let words = line.split(separator: " ")
        return words.count == 3 && words[0] == name && words[1] == "=" ? Int(words[2]) : nil
      }.first
    }
    guard let major = number("VERSION"), let minor = number("PATCHLEVEL") else {
      throw PredictionError.noSource(tree)
    }
    let release = KernelRelease(major: major, minor: minor, patch: number("SUBLEVEL") ?? 0)
    guard let rules = KernelRules(release: release, reading: KernelSource(read: read, list: list))
    else {
      throw PredictionError.tooOld(release)
    }
    return rules
  }

  /// Facts about the same kernel, had it other rules.
  package static func facts(of kernel: KernelFacts, with rules: KernelRules) -> KernelFacts {
    facts(of: kernel, with: rules, configuration: kernel.configuration(with: rules))
  }

  /// Facts about the same kernel, had it other rules and another configuration.
  package static func facts(
    of kernel: KernelFacts, with rules: KernelRules, configuration: [String: String]
  ) -> KernelFacts {
    var facts = facts(
      rules: rules, architecture: kernel.architecture, configuration: configuration,
      imageSize: ByteCount(kernel.image.size))
    facts.image = kernel.image
    facts.needsAreMeasured = kernel.needsAreMeasured
    return facts
  }

  private static func facts(
    rules: KernelRules, architecture: Architecture, configuration: [String: String],
    imageSize: ByteCount
  ) -> KernelFacts {
    let release = rules.release
    let size = imageSize.bytes
    var facts =
      switch architecture {
      case .arm64:
        KernelFacts(
          rules: rules, configuration: configuration, image: ImageFacts(size: size))
      case .arm:
        KernelFacts(
          armRules: rules, configuration: configuration,
          image: ImageFacts(
            armSize: size, textOffset: ARMFacts.textOffset(configuration: configuration)))
      }
    if let reading = rules.reading {
      let unread = KernelRule.all.filter {
        $0.concerns(architecture) && reading.unread.contains($0.name)
      }
      facts.unmodelled += unread.map {
        "the rule \($0.name), of which the source has another form than those known"
      }
    } else if rules.isNewerThanAll {
      facts.assumptions.append("Linux \(release.line) is newer than all whose rules are known")
    } else if !rules.isChecked(on: architecture) {
      facts.assumptions.append("Linux \(release.line) was not compared with guests")
    } else if let checked = rules.checkedRelease(on: architecture), release.patch != nil,
      checked != release
    {
      // A stable series takes changes of the rules as well.
      facts.assumptions.append(
        "Linux \(release) does what \(checked) does, which was compared with guests")
    }
    if rules.reading == nil, !rules.uncertain.isEmpty {
      facts.assumptions.append(
        "Linux \(release.line) has the older form of \(rules.uncertain.joined(separator: ", "))")
    }
    return facts
  }

  /// The options of a .config that are set, without `CONFIG_`.
  package static func configuration(of text: String) -> [String: String] {
    configuration(of: lines(of: Array(text.utf8)))
  }

  private static func configuration(of lines: [ArraySlice<UInt8>]) -> [String: String] {
    var options: [String: String] = [:]
    for line in lines where line.starts(with: "CONFIG_".utf8) {
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(decoding: line[..<equals].dropFirst(7), as: UTF8.self)
      options[name] = String(decoding: line[(equals + 1)...], as: UTF8.self)
    }
    return options
  }

  /// The release in the first line of a .config: `# Linux/arm64 6.1.192 Kernel Configuration`.
  package static func release(in text: String) -> KernelRelease? {
    release(in: lines(of: Array(text.utf8)))
  }

  private static func release(in lines: [ArraySlice<UInt8>]) -> KernelRelease? {
    guard let line = lines.first(where: { $0.starts(with: "# Linux/".utf8) }),
      let word = line.split(separator: UInt8(ascii: " ")).dropFirst(2).first
    else { return nil }
    return KernelRelease(String(decoding: word, as: UTF8.self))
  }

  /// As bytes: to go through a text's UTF-8 takes ten times as long.
  private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split(separator: UInt8(ascii: "\n"))
  }

  /// The symbols that predictions need; empty where there is no such file.
  ///
  /// - Parameter digits: of an address.
  private static func symbols(
    in map: FilePath, digits: Int
  ) throws(HostFileError) -> [String: UInt64] {
    guard HostFile.exists(map) else { return [:] }
    let names = ImageFacts.symbolNames.map { (name: $0, bytes: Array($0.utf8)) }
    let longest = names.map(\.bytes.count).max() ?? 0
    // Behind an address come a space, a letter and a space: "ffffffc008010000 T _stext".
    let prefix = digits + 3
    var symbols: [String: UInt64] = [:]
    try HostFile.forEachLine(of: map, limit: 64 << 20) { line in
      guard line.count > prefix, line.count <= prefix + longest else { return }
      let symbol = UnsafeRawBufferPointer(rebasing: line[prefix...])
      for (name, bytes) in names where bytes.count == symbol.count && symbol.elementsEqual(bytes) {
        symbols[name] = UInt64(String(decoding: line[..<digits], as: UTF8.self), radix: 16)
      }
    }
    return symbols
  }
}
