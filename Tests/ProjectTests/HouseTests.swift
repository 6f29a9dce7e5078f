// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage
import Testing

/// Bounds of the sources, which nobody has to count.
@Suite struct HouseTests {
  private static let root = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()

  private static let kinds: Set = ["swift", "c", "h", "S", "css", "js", "py", "mustache"]

  /// What people write: no recorded log and no data.
  private static func files(in folder: String) throws -> [(path: String, text: String)] {
    let folder = root.appending(folder)
    return try HostFile.files(below: folder)
      .filter { kinds.contains($0.extension ?? "") }
      .map { path in
        let bytes = try HostFile.read(folder.pushing(path), limit: 1 << 20)
        return (path.string, String(decoding: bytes, as: UTF8.self))
      }
  }

  @Test(arguments: ["Sources", "Tests", "images", ".ci"])
  func noFileIsLong(folder: String) throws {
    let files = try Self.files(in: folder)
    #expect(!files.isEmpty)
    for (path, text) in files {
      let count = text.utf8.count { $0 == UInt8(ascii: "\n") }
      #expect(count <= 350, "\(folder)/\(path) has \(count) lines")
    }
  }

  @Test(arguments: ["Sources", "Tests"])
  func noFunctionHasManyUnlabelledParameters(folder: String) throws {
    for (path, text) in try Self.files(in: folder) where path.hasSuffix(".swift") {
      for function in text.matches(of: /(?:func [^\s(]+|init[?!]?|subscript)(?:<[^(]*>)?\(/) {
        let count = Self.unlabelledParameters(text[function.range.upperBound...])
        #expect(count <= 4, "\(folder)/\(path): \(function.output) has \(count)")
      }
    }
  }

  /// - Parameter list: what stands behind the opening parenthesis of a function.
  private static func unlabelledParameters(_ list: Substring) -> Int {
    var depth = 0
    var outermost: [UInt8] = []
    for byte in list.utf8 {
      if depth == 0 { outermost.append(byte) }
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      if depth < 0 { break }
    }
    return String(decoding: outermost, as: UTF8.self).matches(of: /(?:^|,)\s*_\s/).count
  }

  @Test func unlabelledParametersAreCounted() {
    #expect(Self.unlabelledParameters("_ a: (Int, _ b: Int) -> Int, c: Int,\n  _ d: [Int]) {") == 2)
    #expect(Self.unlabelledParameters(") { f(_ x, _ y) }") == 0)
  }

  /// What a release does is a rule (`KernelRules`): no step asks for a line's name.
  @Test func noSourceAsksForALinesName() throws {
    for (path, text) in try Self.files(in: "Sources") where path.hasSuffix(".swift") {
      let question = text.firstMatch(of: /(?:[!=]= |case )"[0-9]+\.[0-9]+"|"[0-9]+\.[0-9]+" [!=]=/)
      #expect(question == nil, "\(path): \(question.map { "\($0.output)" } ?? "")")
    }
  }
}
