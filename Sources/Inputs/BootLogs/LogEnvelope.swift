// SPDX-License-Identifier: Apache-2.0

/// The JSON or the field in which a program hands on a message: `dmesg --json`, and journalctl's
/// json, json-pretty, export and verbose.
struct LogEnvelope {
  /// What is in it; the line itself where there is none.
  let message: ArraySlice<UInt8>
  /// Whether it says that the kernel wrote the message.
  var isKernels = false
  /// Whether it says that another program did.
  var isForeign = false

  init(_ line: ArraySlice<UInt8>) {
    let text = line.drop { $0.isBlank }
    switch text.first {
    case UInt8(ascii: "{"):
      if let entry = text.text(behind: "\"MESSAGE\":") {
        message = entry
        isKernels =
          text.text(behind: "\"_TRANSPORT\":").map { $0.elementsEqual("kernel".utf8) } ?? false
        isForeign = !isKernels
      } else if let entry = text.text(behind: "\"msg\":") {
        message = entry
        isKernels = true
      } else {
        message = line
      }
    case UInt8(ascii: "\""):
      if text.starts(with: "\"msg\":".utf8), let entry = text.text(behind: "\"msg\":") {
        message = entry
        isKernels = true
      } else if text.starts(with: "\"MESSAGE\"".utf8), let entry = text.text(behind: ":") {
        message = entry
      } else {
        message = line
      }
    case UInt8(ascii: "M") where text.starts(with: "MESSAGE=".utf8):
      message = text.dropFirst("MESSAGE=".utf8.count)
    default:
      message = line
    }
  }
}

extension ArraySlice<UInt8> {
  /// The JSON string behind these bytes, which stand in it first, and blanks; nil without.
  fileprivate func text(behind key: String) -> ArraySlice<UInt8>? {
    let key = Array(key.utf8)
    var rest = self
    while let at = rest.firstIndex(of: key[0]) {
      rest = rest[at...]
      if rest.starts(with: key) { break }
      rest = rest.dropFirst()
    }
    guard rest.starts(with: key) else { return nil }
    rest = rest.dropFirst(key.count).drop { $0.isBlank }
    return rest.first == UInt8(ascii: "\"") ? rest.dropFirst().jsonString : nil
  }

  /// Up to the quotation mark that ends it, or nil where none does (RFC 8259, 7).
  private var jsonString: ArraySlice<UInt8>? {
    var text: [UInt8] = []
    var rest = self
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return text[...]
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst() else { return nil }
        switch escaped {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): text.append(UInt8(ascii: " "))
        case UInt8(ascii: "u"):
          guard rest.count >= 4,
            let scalar = UInt32(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)
          else { return nil }
          rest = rest.dropFirst(4)
          text += Array(String(Unicode.Scalar(scalar).map(Character.init) ?? "\u{fffd}").utf8)
        default: text.append(escaped)
        }
      default: text.append(byte)
      }
    }
    return nil
  }
}
