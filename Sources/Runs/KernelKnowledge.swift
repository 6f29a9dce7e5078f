// SPDX-License-Identifier: Apache-2.0
import Boards
import Glibc
package import HostFiles
package import Kernels
package import Predictions
import Quantities
import SystemPackage

/// What is known of a kernel for a prediction: from its .config and its System.map.
package enum KernelKnowledge {
  /// Facts about a kernel that we built; nil where its configuration names no release, and for
  /// 32-bit ARM, which sets its memory up in another way.
  package static func facts(of kernel: BuiltKernel) throws(HostFileError) -> KernelFacts? {
    guard kernel.architecture == .arm64 else { return nil }
    let text = String(
      decoding: try HostFile.read(kernel.configuration, limit: 4 << 20), as: UTF8.self)
    guard let release = release(in: text) else { return nil }
    let symbols = try symbols(in: kernel.buildFolder.appending("System.map"))
    let size = kernel.image.imageSize.bytes
    let image = ImageFacts(size: size, symbols: symbols)
    var facts = facts(
      release: release, configuration: configuration(of: text),
      image: image ?? ImageFacts(size: size))
    if image == nil {
      facts.assumptions.append("the parts of its image lie as usual: no System.map tells")
    }
    return facts
  }

  /// Facts about any kernel, with what is taken for granted because of its release.
  package static func facts(
    release: KernelVersion, configuration: [String: String], image: ImageFacts
  ) -> KernelFacts {
    let (profile, isChecked) = KernelProfile.profile(of: release)
    var facts = KernelFacts(profile: profile, configuration: configuration, image: image)
    if !isChecked {
      facts.assumptions.append(
        "Linux \(release.major).\(release.minor) does as \(profile.line), the line before it")
    }
    return facts
  }

  /// The options of a .config that are set, without `CONFIG_`.
  package static func configuration(of text: String) -> [String: String] {
    var options: [String: String] = [:]
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: "CONFIG_".utf8), let equals = line.firstIndex(of: UInt8(ascii: "="))
      else { continue }
      let name = line[..<equals].dropFirst(7)
      options[String(Substring(name))] = String(Substring(line[line.index(after: equals)...]))
    }
    return options
  }

  /// The release in the first line of a .config: `# Linux/arm64 6.1.192 Kernel Configuration`.
  package static func release(in text: String) -> KernelVersion? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("# Linux/") }),
      let word = line.split(separator: " ").dropFirst(2).first
    else { return nil }
    return KernelVersion(String(word))
  }

  /// The symbols that predictions need; empty where there is no such file.
  private static func symbols(in map: FilePath) throws(HostFileError) -> [String: UInt64] {
    guard HostFile.exists(map) else { return [:] }
    let bytes = try HostFile.read(map, limit: 64 << 20)
    let longest = ImageFacts.symbolNames.map(\.utf8.count).max() ?? 0
    var symbols: [String: UInt64] = [:]
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      var start = 0
      // "ffffffc008010000 T _stext\n": memchr finds the ends of 15,000 lines in no time.
      while start < bytes.count,
        let newline = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
      {
        let end = UnsafeRawPointer(newline) - base
        if end - start > 19, end - start <= 19 + longest {
          let name = String(decoding: bytes[(start + 19)..<end], as: UTF8.self)
          if ImageFacts.symbolNames.contains(name) {
            let digits = String(decoding: bytes[start..<(start + 16)], as: UTF8.self)
            symbols[name] = UInt64(digits, radix: 16)
          }
        }
        start = end + 1
      }
    }
    return symbols
  }
}
