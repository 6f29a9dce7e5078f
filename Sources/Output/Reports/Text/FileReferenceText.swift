// SPDX-License-Identifier: Apache-2.0

package import YAMLFiles

/// What a kind of file may say, as text for a terminal.
package struct FileReferenceText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let reference: FileReference
  private let style: AddressMap.Style

  package init(_ reference: FileReference, style: AddressMap.Style) {
    self.reference = reference
    self.style = style
  }

  package var document: String {
    let example = reference.example.split(separator: "\n").map { "  \($0)\n" }.joined()
    return ([reference.summary + "\n", example] + reference.mappings.map(paragraph))
      .joined(separator: "\n")
  }

  private func paragraph(_ mapping: FileReference.Mapping) -> String {
    var lines = [mapping.place.isEmpty ? "the file:" : "\(mapping.place):"]
    for key in mapping.keys {
      let need = key.isRequired ? "" : " (optional)"
      lines += [
        "  \(style.strong(key.name))\(need): \(key.purpose)", "    write: \(key.form)",
      ]
    }
    return lines.map { "\($0)\n" }.joined()
  }
}
