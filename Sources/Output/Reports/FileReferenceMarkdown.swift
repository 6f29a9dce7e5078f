// SPDX-License-Identifier: Apache-2.0

package import YAMLFiles

/// What a kind of file may say, as the page of the documentation.
package struct FileReferenceMarkdown: Report {
  package static let name = MarkdownReport.name
  package static let purpose = "the page of the documentation"

  private let reference: FileReference

  package init(_ reference: FileReference, style: AddressMap.Style) { self.reference = reference }

  package var document: String {
    let kind = reference.kind
    let head = """
      # What a \(kind) file says

      Every key of a \(kind) file, as `cmalab \(reference.command)` prints it.

      ## Overview

      \(reference.summary.markdown)

      ```yaml
      \(reference.example)
      ```

      """
    return head + reference.mappings.map(section).joined()
  }

  private func section(_ mapping: FileReference.Mapping) -> String {
    let rows = mapping.keys.map { key in
      let need = key.isRequired ? "yes" : "no"
      return
        "| `\(key.name)` | \(need) | \(key.form.markdown) | \(key.purpose.markdown) |\n"
    }
    let title = mapping.place.isEmpty ? "The file" : "`\(mapping.place)`"
    return """

      ### \(title)

      | key | required | write | it says |
      |---|---|---|---|
      \(rows.joined())
      """
  }
}
